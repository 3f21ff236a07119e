-- A mailbox of any size: $1 is the connection, $2 how many messages; three to a thread, two labels, two addresses.
INSERT INTO messages (id, connection_id, provider_id, thread_id, received_at, size, unread, starred, has_attachments,
  automatic, seen, labels, message_id_index, envelope)
SELECT ('01' || lpad(to_hex(n), 30, '0'))::uuid, $1, lpad(to_hex(9000000000 - n * 7919), 16, '0'),
  ('02' || lpad(to_hex(n / 3), 30, '0'))::uuid, 1600000000000000 + n * 60000000, 4000, false, false, false, false, 1,
  'CATEGORY_UPDATES' || chr(31) || 'INBOX', decode(md5(n::text), 'hex'), decode(repeat(md5(n::text), 26), 'hex')
FROM generate_series(0::bigint, $2 - 1) AS n;
INSERT INTO threads (id, connection_id, provider_thread_id, last_at, message_count, unread_count, starred,
  has_attachments, hidden, labels)
SELECT thread_id, connection_id, 't' || min(provider_id), max(received_at), count(*), 0, false, false, false, min(labels)
FROM messages WHERE connection_id = $1 GROUP BY thread_id, connection_id;
INSERT INTO thread_labels (connection_id, label, last_at, thread_id, unread)
SELECT connection_id, l, last_at, id, false FROM threads, (VALUES ('INBOX'), ('CATEGORY_UPDATES')) AS l (l)
WHERE connection_id = $1;
INSERT INTO thread_addresses (connection_id, address_index, thread_id)
SELECT connection_id, decode(md5(id::text || i), 'hex'), id FROM threads, (VALUES (1), (2)) AS i (i) WHERE connection_id = $1;
INSERT INTO label_counts (connection_id, label, threads, unread)
SELECT $1, l, (SELECT count(*) FROM threads WHERE connection_id = $1), 0
FROM (VALUES ('INBOX'), ('CATEGORY_UPDATES'), ('')) AS l (l)
UNION ALL SELECT $1, chr(31), $2, 0;
