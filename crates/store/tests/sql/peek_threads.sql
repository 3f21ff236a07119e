SELECT t.provider_thread_id, CAST(t.message_count AS TEXT), CAST(t.unread_count AS TEXT), t.labels
FROM threads t JOIN connections c ON c.id = t.connection_id ORDER BY t.provider_thread_id
