SELECT 'mailboxes', CAST(COUNT(*) AS TEXT) FROM mailboxes
UNION ALL SELECT 'connections', CAST(COUNT(*) AS TEXT) FROM connections
UNION ALL SELECT 'tokens', CAST(COUNT(*) AS TEXT) FROM tokens
UNION ALL SELECT 'flows', CAST(COUNT(*) AS TEXT) FROM flows WHERE connection_id IS NOT NULL
UNION ALL SELECT 'messages', CAST(COUNT(*) AS TEXT) FROM messages
UNION ALL SELECT 'threads', CAST(COUNT(*) AS TEXT) FROM threads
UNION ALL SELECT 'thread_labels', CAST(COUNT(*) AS TEXT) FROM thread_labels
UNION ALL SELECT 'label_counts', CAST(COUNT(*) AS TEXT) FROM label_counts
UNION ALL SELECT 'thread_addresses', CAST(COUNT(*) AS TEXT) FROM thread_addresses
UNION ALL SELECT 'labels', CAST(COUNT(*) AS TEXT) FROM labels
UNION ALL SELECT 'skipped', CAST(COUNT(*) AS TEXT) FROM skipped
UNION ALL SELECT 'runs', CAST(COUNT(*) AS TEXT) FROM runs
UNION ALL SELECT 'mail_actions', CAST(COUNT(*) AS TEXT) FROM mail_actions
UNION ALL SELECT 'mail_action_items', CAST(COUNT(*) AS TEXT) FROM mail_action_items
UNION ALL SELECT 'drafts', CAST(COUNT(*) AS TEXT) FROM drafts
UNION ALL SELECT 'sends', CAST(COUNT(*) AS TEXT) FROM sends
UNION ALL SELECT 'watches', CAST(COUNT(*) AS TEXT) FROM watches
UNION ALL SELECT 'boxes', CAST(COUNT(*) AS TEXT) FROM boxes
UNION ALL SELECT 'visits', CAST(COUNT(*) AS TEXT) FROM visits
UNION ALL SELECT 'shown_senders', CAST(COUNT(*) AS TEXT) FROM shown_senders
UNION ALL SELECT 'keys', CAST(COUNT(*) AS TEXT) FROM keys WHERE connection_id IS NOT NULL
UNION ALL SELECT 'purges', CAST(COUNT(*) AS TEXT) FROM purges
UNION ALL SELECT 'jobs', CAST(COUNT(*) AS TEXT) FROM jobs WHERE connection_id IS NOT NULL
