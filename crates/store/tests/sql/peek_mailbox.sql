SELECT c.status, COALESCE(c.status_reason, ''), m.state, COALESCE(m.reason, ''), COALESCE(m.cursor, ''),
CAST(COALESCE(m.last_sync_at, 0) AS TEXT)
FROM connections c JOIN mailboxes m ON m.connection_id = c.id
