"""The tables of what the user said of mail, and of tags, as SQL."""

LEARNING = """
-- Categories of the user's own, and projects and topics found in the mailbox: those have a scope and a
-- pattern by which they were found, and stay the same whatever they are called. A merged one stands for
-- another.
CREATE TABLE tags (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL,
  scope TEXT NOT NULL DEFAULT '', pattern TEXT NOT NULL DEFAULT '',
  merged_into INTEGER REFERENCES tags (id), hidden INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE UNIQUE INDEX tags_found ON tags (scope, pattern) WHERE pattern <> '';
CREATE TABLE message_tags (
  message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  tag_id INTEGER NOT NULL REFERENCES tags (id), reason TEXT NOT NULL,
  PRIMARY KEY (message_id, tag_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_tags_tag ON message_tags (tag_id);
-- What the user said of conversations: all that is learned follows from these rows and nothing else.
-- `traits`: what the message that stands for it was like, and the others of the conversation, as JSON: two
-- lists of [scope, value, share of all mail then].
CREATE TABLE corrections (
  id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL,
  scope TEXT NOT NULL, message_id INTEGER REFERENCES messages (id) ON DELETE SET NULL,
  until INTEGER NOT NULL, traits TEXT NOT NULL, paused INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX corrections_message ON corrections (message_id);
-- What the rules said of a message before the user's corrections bore on it, as JSON; '' where none does.
ALTER TABLE categories ADD COLUMN before TEXT NOT NULL DEFAULT '';
CREATE INDEX messages_list ON messages (list_id) WHERE list_id <> '';
INSERT INTO corrections (at, question, answer, scope, message_id, until, traits)
  SELECT unixepoch(), iif(r.reason = 'You said that it needs no reply', 'reply', 'importance'),
  iif(r.reason = 'You said that it needs no reply', 'no', r.importance), 'thread', r.message_id, m.date,
  '[[], []]'
  FROM category_rulings r JOIN messages m ON m.id = r.message_id ORDER BY r.message_id;
UPDATE categories SET before = json_array(importance, requires_response, priority, reason, ask, 'rules')
  WHERE message_id IN (SELECT message_id FROM category_rulings);
UPDATE categories SET before = json_array(w.value ->> 1, w.value ->> 2, w.value ->> 3, w.value ->> 4,
  w.value ->> 5, w.value ->> 6) FROM (
    SELECT e.value, min(u.id) FROM undo_log u JOIN json_each(u.inverse, '$.categories') e
    WHERE u.kind = 'categories' AND u.undone = 0 GROUP BY e.value ->> 0
  ) w WHERE w.value ->> 0 = message_id AND before <> '';
UPDATE undo_log SET kind = 'learning', inverse = json_object('rows', json('[]'), 'ids', (
    SELECT json_group_array(c.id) FROM corrections c
    JOIN json_each(inverse, '$.messages') m ON m.value ->> 0 = c.message_id
  )) WHERE kind = 'categories';
DROP TABLE category_rulings;
"""
