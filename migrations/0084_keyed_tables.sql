-- Tables that are nothing but their key and a word or two: SQLite keeps them in the key itself, and not twice.
ALTER TABLE tags_person_tag RENAME TO tags_person_tag_old;
DROP INDEX tags_person_tag_tag;
CREATE TABLE tags_person_tag (
    tenant_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    tag_id TEXT NOT NULL,
    source TEXT NOT NULL,
    applied_at BIGINT NOT NULL,
    cause TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (tenant_id, person_id, tag_id)
); -- keyed
INSERT INTO tags_person_tag (tenant_id, person_id, tag_id, source, applied_at, cause)
SELECT tenant_id, person_id, tag_id, source, applied_at, cause FROM tags_person_tag_old;
DROP TABLE tags_person_tag_old;
CREATE INDEX tags_person_tag_tag ON tags_person_tag (tenant_id, tag_id, person_id);

ALTER TABLE people_import_key RENAME TO people_import_key_old;
DROP INDEX people_import_key_person;
CREATE TABLE people_import_key (
    tenant_id TEXT NOT NULL,
    way TEXT NOT NULL,
    value TEXT NOT NULL,
    person_id TEXT NOT NULL,
    PRIMARY KEY (tenant_id, way, value)
); -- keyed
INSERT INTO people_import_key (tenant_id, way, value, person_id)
SELECT tenant_id, way, value, person_id FROM people_import_key_old;
DROP TABLE people_import_key_old;
CREATE INDEX people_import_key_person ON people_import_key (tenant_id, person_id);

ALTER TABLE layers_due RENAME TO layers_due_old;
DROP INDEX layers_due_at;
CREATE TABLE layers_due (
    tenant_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    due_at BIGINT NOT NULL,
    marks BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, person_id)
); -- keyed
INSERT INTO layers_due (tenant_id, person_id, due_at, marks)
SELECT tenant_id, person_id, due_at, marks FROM layers_due_old;
DROP TABLE layers_due_old;
CREATE INDEX layers_due_at ON layers_due (tenant_id, due_at);
