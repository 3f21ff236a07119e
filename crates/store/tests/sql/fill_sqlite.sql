-- A mailbox of any size: $1 is the connection, $2 how many messages; three to a thread, two labels, two addresses.
INSERT INTO messages (id, connection_id, provider_id, thread_id, received_at, size, unread, starred, has_attachments,
  automatic, seen, labels, message_id_index, envelope)
WITH RECURSIVE n (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM n WHERE n + 1 < $2)
SELECT unhex(printf('01%030x', n)), $1, printf('%016x', 9000000000 - n * 7919), unhex(printf('02%030x', n / 3)),
  1600000000000000 + n * 60000000, 4000, 0, 0, 0, 0, 1, 'CATEGORY_UPDATES' || char(31) || 'INBOX', randomblob(16), randomblob(420)
FROM n;
INSERT INTO threads (id, connection_id, provider_thread_id, last_at, message_count, unread_count, starred,
  has_attachments, hidden, labels)
SELECT thread_id, connection_id, 't' || min(provider_id), max(received_at), count(*), 0, 0, 0, 0, min(labels)
FROM messages WHERE connection_id = $1 GROUP BY thread_id;
INSERT INTO thread_labels (connection_id, label, last_at, thread_id, unread)
SELECT connection_id, l, last_at, id, 0 FROM threads, (SELECT 'INBOX' AS l UNION ALL SELECT 'CATEGORY_UPDATES')
WHERE connection_id = $1;
INSERT INTO thread_addresses (connection_id, address_index, thread_id)
SELECT connection_id, randomblob(16), id FROM threads, (SELECT 1 UNION ALL SELECT 2) WHERE connection_id = $1;
INSERT INTO label_counts (connection_id, label, threads, unread)
SELECT $1, l, (SELECT count(*) FROM threads WHERE connection_id = $1), 0
FROM (SELECT 'INBOX' AS l UNION ALL SELECT 'CATEGORY_UPDATES' UNION ALL SELECT '')
UNION ALL SELECT $1, char(31), $2, 0;
