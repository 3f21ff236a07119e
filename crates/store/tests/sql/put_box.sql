INSERT INTO records (id, workspace_id, kind, title, title_key, body, version, pipeline_id, stage_id, position,
    sharing, created_at, updated_at, deleted_at)
VALUES ($1, $2, 'deal', 'A', 'a', '{}', 1, $3, $4, 0, 'workspace', 0, 0, $5)
