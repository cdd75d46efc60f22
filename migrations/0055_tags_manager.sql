-- Colours and hints of our own, edits that the platform doesn't know yet, and what a deleted tag leaves behind.
ALTER TABLE tags_group ADD COLUMN colour TEXT NOT NULL DEFAULT '';
ALTER TABLE tags_group ADD COLUMN edit_pending BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE tags_tag ADD COLUMN colour TEXT NOT NULL DEFAULT '';
ALTER TABLE tags_tag ADD COLUMN edit_pending BOOLEAN NOT NULL DEFAULT FALSE;
-- The platform was asked to delete the tag and has not answered: its mirror must not bring it back.
ALTER TABLE tags_tag ADD COLUMN delete_pending BOOLEAN NOT NULL DEFAULT FALSE;
-- Catalogue key of the platform's last refusal to change the tag; empty when there is none.
ALTER TABLE tags_tag ADD COLUMN refused TEXT NOT NULL DEFAULT '';
-- The tag whose carriers this one's are becoming; empty when it is not being merged.
ALTER TABLE tags_tag ADD COLUMN merged_into TEXT NOT NULL DEFAULT '';
CREATE INDEX tags_tag_deleted ON tags_tag (tenant_id, deleted_at) WHERE deleted_at IS NOT NULL;
-- What caused it, beside the source: the id of a rule, a bulk job, a code, an operator.
ALTER TABLE tags_person_tag ADD COLUMN cause TEXT NOT NULL DEFAULT '';

-- The last removal of a tag from a person: what a bulk job may put back, and nothing else.
CREATE TABLE tags_removal (
    tenant_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    tag_id TEXT NOT NULL,
    source TEXT NOT NULL,
    cause TEXT NOT NULL,
    removed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, person_id, tag_id)
);

-- Who carried a tag that was deleted, so that restoring it can mark them again.
CREATE TABLE tags_kept (
    tenant_id TEXT NOT NULL,
    tag_id TEXT NOT NULL,
    person_id TEXT NOT NULL,
    source TEXT NOT NULL,
    cause TEXT NOT NULL,
    applied_at BIGINT NOT NULL,
    PRIMARY KEY (tenant_id, tag_id, person_id)
);
