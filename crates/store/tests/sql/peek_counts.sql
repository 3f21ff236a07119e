SELECT l.label, CAST(l.threads AS TEXT), CAST(l.unread AS TEXT)
FROM label_counts l JOIN connections c ON c.id = l.connection_id ORDER BY l.label
