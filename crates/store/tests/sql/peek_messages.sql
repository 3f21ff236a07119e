SELECT m.provider_id, COALESCE(t.provider_thread_id, ''), m.labels
FROM messages m JOIN connections c ON c.id = m.connection_id LEFT JOIN threads t ON t.id = m.thread_id
ORDER BY m.provider_id
