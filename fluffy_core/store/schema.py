"""The first schema, as SQL; later changes are migrations of their own, never edits here."""

MAIL = """
CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
  id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, created_at REAL NOT NULL,
  first_message_id INTEGER NOT NULL DEFAULT 1,
  settled INTEGER NOT NULL DEFAULT 1,
  UNIQUE (kind, name)
) STRICT;

-- One file or folder that an import reads; `position` is the cursor: the last item stored.
CREATE TABLE sources (
  id INTEGER PRIMARY KEY,
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  path TEXT NOT NULL, member TEXT NOT NULL, kind TEXT NOT NULL, folder TEXT NOT NULL, size INTEGER NOT NULL,
  position INTEGER NOT NULL DEFAULT -1, finished INTEGER NOT NULL DEFAULT 0,
  messages INTEGER NOT NULL DEFAULT 0, stored INTEGER NOT NULL DEFAULT 0,
  duplicates INTEGER NOT NULL DEFAULT 0, unread INTEGER NOT NULL DEFAULT 0,
  skipped INTEGER NOT NULL DEFAULT 0,
  problem TEXT NOT NULL DEFAULT '',
  UNIQUE (account_id, path, member)
) STRICT;

CREATE TABLE addresses (
  id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, mine INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE threads (
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL, base_subject TEXT NOT NULL,
  first_date INTEGER NOT NULL, last_date INTEGER NOT NULL,
  message_count INTEGER NOT NULL DEFAULT 0, unread_count INTEGER NOT NULL DEFAULT 0,
  last_message_id INTEGER, people TEXT NOT NULL DEFAULT '', preview TEXT NOT NULL DEFAULT '',
  has_attachments INTEGER NOT NULL DEFAULT 0, bulk INTEGER NOT NULL DEFAULT 0,
  section INTEGER NOT NULL DEFAULT 0, priority INTEGER NOT NULL DEFAULT 0, note TEXT NOT NULL DEFAULT '',
  done INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX threads_by_date ON threads (done, last_date DESC, id DESC);
CREATE INDEX threads_by_section ON threads (section, done, priority DESC, last_date DESC) WHERE section > 0;
CREATE INDEX threads_by_subject ON threads (base_subject, last_date);

CREATE TABLE messages (
  id INTEGER PRIMARY KEY,
  thread_id INTEGER NOT NULL REFERENCES threads (id),
  identity BLOB NOT NULL, content_key BLOB NOT NULL,
  message_id_header TEXT NOT NULL,
  date INTEGER NOT NULL, date_known INTEGER NOT NULL,
  from_address_id INTEGER REFERENCES addresses (id), from_name TEXT NOT NULL DEFAULT '',
  subject TEXT NOT NULL, preview TEXT NOT NULL,
  size INTEGER NOT NULL, bulk TEXT NOT NULL DEFAULT '', list_id TEXT NOT NULL DEFAULT '',
  has_html INTEGER NOT NULL DEFAULT 0, seen INTEGER NOT NULL DEFAULT 1, flagged INTEGER NOT NULL DEFAULT 0,
  draft INTEGER NOT NULL DEFAULT 0, attachments INTEGER NOT NULL DEFAULT 0,
  language TEXT NOT NULL DEFAULT '', suspicious TEXT NOT NULL DEFAULT '', problems TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX messages_thread ON messages (thread_id, date);
CREATE INDEX messages_identity ON messages (identity);
CREATE INDEX messages_date ON messages (date);
CREATE INDEX messages_with_attachments ON messages (date) WHERE attachments > 0;
CREATE INDEX messages_not_seen ON messages (date) WHERE seen = 0;
CREATE INDEX messages_flagged ON messages (date) WHERE flagged = 1;
CREATE INDEX messages_from ON messages (from_address_id, date);

-- The exact bytes, zstd-compressed, so that everything else can be rebuilt and exported.
CREATE TABLE raw_messages (
  message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE, data BLOB NOT NULL
) STRICT;

-- Where a message was seen: the same one through several files or accounts has several rows.
CREATE TABLE locations (
  source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
  position INTEGER NOT NULL, message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  locator TEXT NOT NULL,
  PRIMARY KEY (source_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX locations_message ON locations (message_id);

CREATE TABLE message_labels (
  message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE, label TEXT NOT NULL,
  PRIMARY KEY (message_id, label)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_labels_label ON message_labels (label);

-- role: 0 from, 1 to, 2 cc, 3 bcc, 4 reply-to, 5 sender
CREATE TABLE message_addresses (
  message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  role INTEGER NOT NULL, address_id INTEGER NOT NULL REFERENCES addresses (id), name TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (message_id, role, address_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX message_addresses_address ON message_addresses (address_id, role, message_id);

-- Delivered-To and friends, counted: evidence of whose mailbox this is.
CREATE TABLE delivered_to (
  address_id INTEGER PRIMARY KEY REFERENCES addresses (id), messages INTEGER NOT NULL
) STRICT;

-- Content is addressed by its SHA-256; the bytes live once, inside the raw message.
CREATE TABLE attachments (
  id INTEGER PRIMARY KEY,
  message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE, part INTEGER NOT NULL,
  sha256 BLOB NOT NULL, name TEXT NOT NULL, media_type TEXT NOT NULL, size INTEGER NOT NULL,
  inline INTEGER NOT NULL, content_id TEXT NOT NULL
) STRICT;
CREATE INDEX attachments_message ON attachments (message_id);
CREATE INDEX attachments_sha256 ON attachments (sha256);

-- What could not be parsed: kept raw with its reason, never dropped.
CREATE TABLE unread_items (
  id INTEGER PRIMARY KEY, sha256 BLOB NOT NULL UNIQUE, source_id INTEGER, locator TEXT NOT NULL,
  reason TEXT NOT NULL, data BLOB NOT NULL
) STRICT;

-- Every Message-ID that a thread contains or refers to (JWZ by union-find); key is a 16-byte BLAKE2b of it.
CREATE TABLE thread_references (
  reference BLOB PRIMARY KEY, thread_id INTEGER NOT NULL REFERENCES threads (id)
) STRICT, WITHOUT ROWID;
CREATE INDEX thread_references_thread ON thread_references (thread_id);
"""

SEARCH = """
CREATE TABLE message_texts (
  id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
  subject TEXT NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE search USING fts5 (
  subject, sender, recipients, body, content = 'message_texts', content_rowid = 'id',
  tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
);
CREATE TRIGGER message_texts_deleted AFTER DELETE ON message_texts BEGIN
  INSERT INTO search (search, rowid, subject, sender, recipients, body)
  VALUES ('delete', old.id, old.subject, old.sender, old.recipients, old.body);
END;
CREATE TABLE vectors (
  message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
  engine TEXT NOT NULL, vector BLOB NOT NULL,
  PRIMARY KEY (engine, message_id)
) STRICT, WITHOUT ROWID;
"""

PEOPLE = """
CREATE TABLE companies (id INTEGER PRIMARY KEY, name TEXT NOT NULL, domain TEXT NOT NULL UNIQUE) STRICT;

CREATE TABLE contacts (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, company_id INTEGER REFERENCES companies (id),
  created_at REAL NOT NULL, from_card INTEGER NOT NULL DEFAULT 0, name_locked INTEGER NOT NULL DEFAULT 0,
  merged_into INTEGER REFERENCES contacts (id),
  messages_in INTEGER NOT NULL DEFAULT 0, messages_out INTEGER NOT NULL DEFAULT 0,
  last_date INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX contacts_by_date ON contacts (last_date DESC) WHERE merged_into IS NULL;

-- What was observed of an address, added up message by message; who is a contact follows from it.
CREATE TABLE address_stats (
  address_id INTEGER PRIMARY KEY REFERENCES addresses (id),
  contact_id INTEGER REFERENCES contacts (id),
  written_to INTEGER NOT NULL DEFAULT 0, personal_from INTEGER NOT NULL DEFAULT 0,
  bulk_from INTEGER NOT NULL DEFAULT 0,
  first_date INTEGER NOT NULL DEFAULT 0, last_date INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX address_stats_contact ON address_stats (contact_id);
-- `key` is the name without case, accents and order: where duplicates are looked for.
CREATE TABLE address_names (
  address_id INTEGER NOT NULL REFERENCES addresses (id), name TEXT NOT NULL, key TEXT NOT NULL,
  messages INTEGER NOT NULL, PRIMARY KEY (address_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX address_names_key ON address_names (key);
CREATE TABLE extracted_messages (
  message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE, version INTEGER NOT NULL
) STRICT;

CREATE TABLE contact_fields (
  id INTEGER PRIMARY KEY, address_id INTEGER NOT NULL REFERENCES addresses (id),
  field TEXT NOT NULL, value TEXT NOT NULL,
  message_id INTEGER REFERENCES messages (id) ON DELETE CASCADE, quote TEXT NOT NULL, engine TEXT NOT NULL,
  confidence REAL NOT NULL, seen_at INTEGER NOT NULL, messages INTEGER NOT NULL DEFAULT 1,
  locked INTEGER NOT NULL DEFAULT 0,
  UNIQUE (address_id, field, value)
) STRICT;

CREATE TABLE merge_proposals (
  contact_a INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  contact_b INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
  score REAL NOT NULL, reason TEXT NOT NULL, dismissed INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (contact_a, contact_b)
) STRICT, WITHOUT ROWID;

-- The user's word on who is who: 1 together, -1 apart. It outlives every recomputation.
CREATE TABLE identity_rulings (
  address_a INTEGER NOT NULL REFERENCES addresses (id), address_b INTEGER NOT NULL REFERENCES addresses (id),
  together INTEGER NOT NULL, PRIMARY KEY (address_a, address_b)
) STRICT, WITHOUT ROWID;

CREATE TABLE undo_log (
  id INTEGER PRIMARY KEY, at REAL NOT NULL, label TEXT NOT NULL, kind TEXT NOT NULL, inverse TEXT NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0
) STRICT;
"""

INTELLIGENCE = """
CREATE TABLE categories (
  message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
  importance TEXT NOT NULL, requires_response INTEGER NOT NULL, priority INTEGER NOT NULL,
  reason TEXT NOT NULL, ask TEXT NOT NULL, engine TEXT NOT NULL
) STRICT;
CREATE INDEX categories_importance ON categories (importance);

CREATE TABLE summaries (
  thread_id INTEGER PRIMARY KEY REFERENCES threads (id) ON DELETE CASCADE,
  last_message_id INTEGER NOT NULL, engine TEXT NOT NULL, summary TEXT NOT NULL, created_at REAL NOT NULL
) STRICT;

CREATE TABLE follow_ups (
  message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
  thread_id INTEGER NOT NULL REFERENCES threads (id), ask TEXT NOT NULL, reason TEXT NOT NULL,
  sent_at INTEGER NOT NULL, dismissed INTEGER NOT NULL DEFAULT 0
) STRICT;

-- `recurrence_id` is the original start an exception stands in for, 0 for single events and series.
CREATE TABLE events (
  id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  uid TEXT NOT NULL, recurrence_id INTEGER NOT NULL, starts_at INTEGER NOT NULL, ends_at INTEGER NOT NULL,
  all_day INTEGER NOT NULL, timezone TEXT NOT NULL, summary TEXT NOT NULL, location TEXT NOT NULL,
  description TEXT NOT NULL, url TEXT NOT NULL, status TEXT NOT NULL, organizer TEXT NOT NULL,
  rrule TEXT NOT NULL, extra_starts TEXT NOT NULL, excluded_starts TEXT NOT NULL, sequence INTEGER NOT NULL,
  UNIQUE (uid, recurrence_id)
) STRICT;
CREATE INDEX events_start ON events (starts_at);
CREATE TABLE event_attendees (
  event_id INTEGER NOT NULL REFERENCES events (id) ON DELETE CASCADE,
  address_id INTEGER NOT NULL REFERENCES addresses (id), name TEXT NOT NULL, status TEXT NOT NULL,
  PRIMARY KEY (event_id, address_id)
) STRICT, WITHOUT ROWID;
"""

JOBS = """
-- The ledger. `key` is unique over every row that is kept, so that doing a thing twice changes nothing.
CREATE TABLE jobs (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL, args TEXT NOT NULL,
  queue TEXT NOT NULL, priority INTEGER NOT NULL, state TEXT NOT NULL,
  attempt INTEGER NOT NULL DEFAULT 0, run_after REAL NOT NULL,
  lease_owner TEXT NOT NULL DEFAULT '', interruptions INTEGER NOT NULL DEFAULT 0,
  handed_over INTEGER NOT NULL DEFAULT 0, cancel_requested INTEGER NOT NULL DEFAULT 0,
  progress_done INTEGER NOT NULL DEFAULT 0, progress_total INTEGER NOT NULL DEFAULT 0,
  progress_text TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '', result TEXT NOT NULL DEFAULT '',
  created_at REAL NOT NULL, started_at REAL, finished_at REAL,
  UNIQUE (name, key)
) STRICT;
CREATE INDEX jobs_state ON jobs (state, name);
"""

JOB_INDEXES = """
DROP INDEX IF EXISTS jobs_due;
DROP INDEX IF EXISTS jobs_later;
DROP INDEX IF EXISTS jobs_handed_over;
DROP INDEX IF EXISTS jobs_pressing;
CREATE INDEX jobs_due ON jobs (queue, priority DESC, run_after, id)
  WHERE state IN ('queued', 'waiting-retry') AND handed_over = 0;
CREATE INDEX jobs_later ON jobs (run_after) WHERE state IN ('queued', 'waiting-retry') AND handed_over = 0;
CREATE INDEX jobs_handed_over ON jobs (queue) WHERE handed_over = 1;
CREATE INDEX jobs_pressing ON jobs (priority, run_after) WHERE state IN ('queued', 'running');
"""

SEARCH_INDEX = """
DROP TABLE search;
CREATE VIRTUAL TABLE search USING fts5 (
  subject, sender, recipients, body, content = 'message_texts', content_rowid = 'id',
  tokenize = "unicode61 remove_diacritics 2", prefix = '3'
);
"""

SCHEDULING = """
-- The last slot of each schedule that was asked for: "2026-03-02T09:00", with a Z when it counts in UTC.
CREATE TABLE schedule_slots (
  name TEXT PRIMARY KEY, slot TEXT NOT NULL, asked_at REAL NOT NULL
) STRICT, WITHOUT ROWID;

-- Messages with a contact since its relationship was last looked at.
CREATE TABLE contact_activity (
  contact_id INTEGER PRIMARY KEY REFERENCES contacts (id) ON DELETE CASCADE, messages INTEGER NOT NULL
) STRICT;
"""

HEALTH = """
-- How each account was found when it was last looked at. `since`: when it came into this state.
CREATE TABLE account_health (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  state TEXT NOT NULL, words TEXT NOT NULL, cure TEXT NOT NULL,
  checked_at REAL NOT NULL, since REAL NOT NULL
) STRICT;
"""

FIGURES = """
-- One row for each day with mail, on the user's clock.
-- Waits are JSON lists of seconds, hours JSON lists of 24 counts.
CREATE TABLE daily_figures (
  day TEXT PRIMARY KEY,
  received INTEGER NOT NULL, personal INTEGER NOT NULL, sent INTEGER NOT NULL, threads INTEGER NOT NULL,
  answered INTEGER NOT NULL, got_answer INTEGER NOT NULL, new_contacts INTEGER NOT NULL,
  my_waits TEXT NOT NULL, their_waits TEXT NOT NULL, hours_received TEXT NOT NULL, hours_sent TEXT NOT NULL
) STRICT, WITHOUT ROWID;
"""

CORRECTIONS = """
-- The user's word against the machine's. It outlives every recomputation.
CREATE TABLE category_rulings (
  message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE,
  importance TEXT NOT NULL, requires_response INTEGER NOT NULL, reason TEXT NOT NULL
) STRICT;
-- `key` is the value without spaces, punctuation and case: another spelling of it is as wrong.
CREATE TABLE wrong_fields (
  address_id INTEGER NOT NULL REFERENCES addresses (id), field TEXT NOT NULL, key TEXT NOT NULL,
  PRIMARY KEY (address_id, field, key)
) STRICT, WITHOUT ROWID;
"""

JOB_HEALTH = """
ALTER TABLE jobs ADD COLUMN heartbeat_at REAL;
ALTER TABLE jobs ADD COLUMN eta_at REAL;
ALTER TABLE jobs ADD COLUMN failure TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN earlier_tries INTEGER NOT NULL DEFAULT 0;
CREATE INDEX jobs_finished ON jobs (finished_at) WHERE finished_at IS NOT NULL;
-- With the name, so that a paused kind with thousands of waiting jobs is passed over inside the index.
DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (queue, priority DESC, run_after, id, name)
  WHERE state IN ('queued', 'waiting-retry') AND handed_over = 0;

-- What failed and the user is told about: one row for each thing and day, however often it failed.
CREATE TABLE alerts (
  id INTEGER PRIMARY KEY, about TEXT NOT NULL, text TEXT NOT NULL, cure TEXT NOT NULL,
  times INTEGER NOT NULL DEFAULT 1, serious INTEGER NOT NULL DEFAULT 0,
  created_at REAL NOT NULL, last_at REAL NOT NULL, acknowledged INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX alerts_about ON alerts (about, created_at);
"""

NEWEST_MAIL = """
CREATE INDEX messages_of_people ON messages (date) WHERE bulk = '';
"""

SERVER_ACCOUNTS = """
-- An account on a server: how to reach it as JSON, and why its server refused to let us in last, else ''.
CREATE TABLE account_settings (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  settings TEXT NOT NULL, password TEXT NOT NULL, refused TEXT NOT NULL DEFAULT ''
) STRICT;

-- A folder on a server. `cursor`: from where changes count; `token`: the next page of a listing that is not
-- `listed` to its end. `removal`: '' or 'asked' or 'allowed', about very many messages that went at once.
CREATE TABLE remote_folders (
  source_id INTEGER PRIMARY KEY REFERENCES sources (id) ON DELETE CASCADE,
  cursor TEXT NOT NULL, token TEXT NOT NULL DEFAULT '', listed INTEGER NOT NULL DEFAULT 0,
  removal TEXT NOT NULL DEFAULT ''
) STRICT;

-- What the server said of a message's flags, and when the message was first missing from its folder.
ALTER TABLE locations ADD COLUMN flags TEXT NOT NULL DEFAULT '';
ALTER TABLE locations ADD COLUMN missing_since REAL;
CREATE INDEX locations_missing ON locations (source_id, missing_since) WHERE missing_since IS NOT NULL;

-- Messages on a server that could not be fetched; `kept` when fetched, but kept unread: not tried again.
CREATE TABLE set_aside (
  source_id INTEGER NOT NULL REFERENCES sources (id) ON DELETE CASCADE, locator TEXT NOT NULL,
  reason TEXT NOT NULL, size INTEGER NOT NULL, flags TEXT NOT NULL, kept INTEGER NOT NULL,
  PRIMARY KEY (source_id, locator)
) STRICT, WITHOUT ROWID;

-- Messages that are kept on purpose though a place they lay in is gone, perhaps their last one.
CREATE TABLE kept_messages (
  message_id INTEGER PRIMARY KEY REFERENCES messages (id) ON DELETE CASCADE
) STRICT;

-- Every connection this program made, or was not allowed to make.
CREATE TABLE traffic (
  id INTEGER PRIMARY KEY, at REAL NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL, reason TEXT NOT NULL,
  received INTEGER NOT NULL, sent INTEGER NOT NULL, refused TEXT NOT NULL
) STRICT;
CREATE INDEX traffic_at ON traffic (at);
"""

THROTTLING = """
-- Until when (Unix seconds) an account is not asked, because its server wants a pause; 0 when it may be.
ALTER TABLE account_settings ADD COLUMN throttled_until REAL NOT NULL DEFAULT 0;
"""

OUTBOX = """
-- Mail on its way out, as bytes (zstd) until it is done with. `recipients`: JSON. `not_before`: when
-- something is done about it next. Numbers are not used again: a user may still have an old one on screen.
CREATE TABLE outbox (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  account_id INTEGER REFERENCES accounts (id) ON DELETE SET NULL,
  draft INTEGER NOT NULL, state TEXT NOT NULL,
  message_id TEXT NOT NULL, sender TEXT NOT NULL, recipients TEXT NOT NULL, subject TEXT NOT NULL,
  data BLOB NOT NULL, created_at REAL NOT NULL, not_before REAL NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, tries INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX outbox_state ON outbox (state, not_before);

-- Why an account cannot send though it lets us in, '' when it can.
ALTER TABLE account_settings ADD COLUMN cannot_send TEXT NOT NULL DEFAULT '';
"""

SYNC_STATE = """
-- When (Unix seconds) everything of an account was fetched last; 0 when it never was.
ALTER TABLE account_settings ADD COLUMN synced_at REAL NOT NULL DEFAULT 0;
UPDATE account_settings SET synced_at = coalesce((
  SELECT max(j.finished_at) FROM jobs j WHERE j.state = 'succeeded' AND json_valid(j.args)
  AND j.name IN ('sync-emails-initial', 'sync-emails-incremental')
  AND json_extract(j.args, '$.account_id') = account_settings.account_id
), 0);
-- How often in a row, without getting on, a job was put off because the other side asked for a pause.
ALTER TABLE jobs ADD COLUMN pauses INTEGER NOT NULL DEFAULT 0;
"""

REMOTE_CALENDARS = """
-- A calendar on a server. `cursor`: from where changes count; `token`: the next page of a run that has not
-- ended. `listing` counts whole listings, the last one of [starts_on, ends_on).
CREATE TABLE remote_calendars (
  id INTEGER PRIMARY KEY, account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  remote_id TEXT NOT NULL, name TEXT NOT NULL, mine INTEGER NOT NULL,
  cursor TEXT NOT NULL DEFAULT '', token TEXT NOT NULL DEFAULT '', listing INTEGER NOT NULL DEFAULT 0,
  starts_on TEXT NOT NULL DEFAULT '', ends_on TEXT NOT NULL DEFAULT '', missing INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account_id, remote_id)
) STRICT;
CREATE TABLE remote_entries (
  id INTEGER PRIMARY KEY, calendar_id INTEGER NOT NULL REFERENCES remote_calendars (id) ON DELETE CASCADE,
  remote_id TEXT NOT NULL, listing INTEGER NOT NULL, problem TEXT NOT NULL DEFAULT '',
  UNIQUE (calendar_id, remote_id)
) STRICT;
-- What each entry says of an event, as JSON: the row of `events` is made of the best of them.
CREATE TABLE remote_events (
  entry_id INTEGER NOT NULL REFERENCES remote_entries (id) ON DELETE CASCADE,
  uid TEXT NOT NULL, recurrence_id INTEGER NOT NULL, content TEXT NOT NULL,
  PRIMARY KEY (entry_id, uid, recurrence_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX remote_events_uid ON remote_events (uid, recurrence_id);

CREATE TABLE remote_books (
  account_id INTEGER PRIMARY KEY REFERENCES accounts (id) ON DELETE CASCADE,
  cursor TEXT NOT NULL, token TEXT NOT NULL, listing INTEGER NOT NULL
) STRICT;
-- Cards as JSON; `email` is the first address, to which what a card says belongs.
CREATE TABLE remote_cards (
  account_id INTEGER NOT NULL REFERENCES accounts (id) ON DELETE CASCADE, remote_id TEXT NOT NULL,
  listing INTEGER NOT NULL, email TEXT NOT NULL, content TEXT NOT NULL,
  PRIMARY KEY (account_id, remote_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX remote_cards_email ON remote_cards (email);
"""

SERVER_LABELS = """
-- The labels that the server keeps of a message, one on each line.
ALTER TABLE locations ADD COLUMN labels TEXT NOT NULL DEFAULT '';
"""

PASSAGES = """
-- Derived data, made anew: several vectors a message. Number 0 is its head, from 1 on come its passages,
-- `start` to `stop` in its new text; number 1 has no vector where the head says it all. Ids never come
-- again, so that what was read before a row's id is never missed.
DROP TABLE vectors;
CREATE TABLE vectors (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE, engine TEXT NOT NULL,
  number INTEGER NOT NULL DEFAULT 0, start INTEGER NOT NULL DEFAULT 0, stop INTEGER NOT NULL DEFAULT 0,
  vector BLOB, UNIQUE (engine, number, message_id)
) STRICT;
CREATE INDEX vectors_message ON vectors (message_id);
"""

SUMMARIES_GROWN = """
DELETE FROM summaries;
-- What a language model answered about a thread, by the SHA-256 of what it was asked.
CREATE TABLE thread_answers (
  thread_id INTEGER NOT NULL REFERENCES threads (id) ON DELETE CASCADE,
  model TEXT NOT NULL, prompt BLOB NOT NULL, answer TEXT NOT NULL, PRIMARY KEY (thread_id, model, prompt)
) STRICT, WITHOUT ROWID;
-- Sentences that the user does not want to see in summaries.
CREATE TABLE wrong_points (
  message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE, quote TEXT NOT NULL,
  PRIMARY KEY (message_id, quote)
) STRICT, WITHOUT ROWID;
"""

COMMITMENTS = """
-- What is owed between me and others, each with the sentence that says so; ruling is the user's word.
CREATE TABLE commitments (
    id INTEGER PRIMARY KEY,
    message_id INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    debtor TEXT NOT NULL, kind TEXT NOT NULL, email TEXT NOT NULL, name TEXT NOT NULL,
    quote TEXT NOT NULL, due TEXT NOT NULL, made_at INTEGER NOT NULL,
    state TEXT NOT NULL, settled_by INTEGER REFERENCES messages (id) ON DELETE SET NULL,
    evidence TEXT NOT NULL, ruling TEXT NOT NULL DEFAULT '',
    UNIQUE (message_id, quote)
) STRICT;
CREATE INDEX commitments_open ON commitments (made_at) WHERE state = 'open' AND ruling = '';
CREATE INDEX commitments_person ON commitments (email);
CREATE INDEX commitments_settled_by ON commitments (settled_by) WHERE settled_by IS NOT NULL;
"""

ALL = (MAIL, SEARCH, PEOPLE, INTELLIGENCE, JOBS)
