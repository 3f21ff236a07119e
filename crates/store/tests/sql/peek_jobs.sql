SELECT kind, state, CAST(CASE WHEN held_until > run_at THEN held_until ELSE run_at END AS TEXT), COALESCE(last_error, '')
FROM jobs WHERE state IN ('queued', 'running', 'parked') ORDER BY kind, run_at
