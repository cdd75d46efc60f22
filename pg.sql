PREPARE q AS SELECT members, members_at, moves, filled_version FROM segments_segment
             WHERE tenant_id = $1 AND id = $2 AND status = 'live'; DEALLOCATE q;
PREPARE q AS SELECT person_no, entered FROM segments_move
             WHERE tenant_id = $1 AND segment_id = $2 AND no > $3 AND no <= $4 ORDER BY no; DEALLOCATE q;
PREPARE q AS UPDATE segments_segment SET members = $5, members_at = moves, filled_version = version, people = $6,
                 settled_at = $7
             WHERE tenant_id = $1 AND id = $2 AND version = $3 AND moves = $4 AND status = 'live'; DEALLOCATE q;
PREPARE q AS UPDATE segments_segment SET moves = moves + $5, filled_version = version, people = $6, settled_at = $7
             WHERE tenant_id = $1 AND id = $2 AND version = $3 AND moves = $4 AND status = 'live'; DEALLOCATE q;
PREPARE q AS INSERT INTO segments_move (tenant_id, segment_id, no, person_no, entered, at) VALUES ($1, $2, $3, $4, $5, $6); DEALLOCATE q;
PREPARE q AS UPDATE segments_segment SET members = $4, members_at = $3 WHERE tenant_id = $1 AND id = $2 AND moves = $3; DEALLOCATE q;
PREPARE q AS SELECT m.no, p.id AS person_id, p.name, p.avatar, m.person_no, m.entered, m.at FROM segments_move m
         JOIN people_person p ON p.tenant_id = m.tenant_id AND p.person_no = m.person_no
         WHERE m.tenant_id = $1 AND m.segment_id = $3 AND m.no < $4
           AND ($2 = '' OR p.id IN (SELECT s.person_id FROM groups_membership s
                    JOIN groups_duty d ON d.tenant_id = s.tenant_id AND d.group_id = s.group_id
                    WHERE s.tenant_id = $1 AND d.staff_id = $2)
                OR p.id IN (SELECT c.person_id FROM people_contact c
                    JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id
                    WHERE c.tenant_id = $1 AND f.staff_id = $2))
         ORDER BY m.no DESC LIMIT $5; DEALLOCATE q;
PREPARE q AS SELECT p.person_no FROM people_person p
             WHERE p.tenant_id = $1
               AND (p.id IN (SELECT m.person_id FROM groups_membership m
                        JOIN groups_duty d ON d.tenant_id = m.tenant_id AND d.group_id = m.group_id
                        WHERE m.tenant_id = $1 AND d.staff_id = $2)
                    OR p.id IN (SELECT c.person_id FROM people_contact c
                        JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id
                        WHERE c.tenant_id = $1 AND f.staff_id = $2)); DEALLOCATE q;
PREPARE q AS SELECT person_no FROM people_person WHERE tenant_id = $1 AND id = $2; DEALLOCATE q;
PREPARE q AS SELECT DISTINCT m.person_id FROM groups_membership m
             JOIN groups_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
             WHERE m.tenant_id = $1 AND ($2 = '' OR m.group_id = $2) AND ($3 = '' OR g.community_id = $3); DEALLOCATE q;
PREPARE q AS SELECT person_id FROM people_contact WHERE tenant_id = $1 AND id = $2; DEALLOCATE q;
PREPARE q AS SELECT p.person_no, p.id, p.kind FROM people_person p WHERE p.tenant_id = $1 AND p.person_no > $2 AND p.person_no <= $3 ; DEALLOCATE q;
PREPARE q AS SELECT p.person_no, p.id, p.kind FROM people_person p WHERE p.tenant_id = $1 AND p.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33) ; DEALLOCATE q;
PREPARE q AS SELECT p.person_no, t.tag_id, t.applied_at FROM people_person p
     JOIN tags_person_tag t ON t.tenant_id = p.tenant_id AND t.person_id = p.id WHERE p.tenant_id = $1 AND p.person_no > $2 AND p.person_no <= $3 ; DEALLOCATE q;
PREPARE q AS SELECT p.person_no, t.tag_id, t.applied_at FROM people_person p
     JOIN tags_person_tag t ON t.tenant_id = p.tenant_id AND t.person_id = p.id WHERE p.tenant_id = $1 AND p.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33) ; DEALLOCATE q;
PREPARE q AS SELECT p.person_no, m.group_id, m.kind, m.joined_at, m.left_at, c.id, c.kind, c.tier FROM people_person p
     JOIN groups_membership m ON m.tenant_id = p.tenant_id AND m.person_id = p.id
     JOIN groups_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
     LEFT JOIN communities_community c ON c.tenant_id = g.tenant_id AND c.id = g.community_id WHERE p.tenant_id = $1 AND p.person_no > $2 AND p.person_no <= $3 ; DEALLOCATE q;
PREPARE q AS SELECT p.person_no, m.group_id, m.kind, m.joined_at, m.left_at, c.id, c.kind, c.tier FROM people_person p
     JOIN groups_membership m ON m.tenant_id = p.tenant_id AND m.person_id = p.id
     JOIN groups_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
     LEFT JOIN communities_community c ON c.tenant_id = g.tenant_id AND c.id = g.community_id WHERE p.tenant_id = $1 AND p.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33) ; DEALLOCATE q;
PREPARE q AS SELECT p.person_no, c.account_id FROM people_person p
     JOIN people_contact c ON c.tenant_id = p.tenant_id AND c.person_id = p.id WHERE p.tenant_id = $1 AND p.person_no > $2 AND p.person_no <= $3 AND c.is_staff = FALSE; DEALLOCATE q;
PREPARE q AS SELECT p.person_no, c.account_id FROM people_person p
     JOIN people_contact c ON c.tenant_id = p.tenant_id AND c.person_id = p.id WHERE p.tenant_id = $1 AND p.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33) AND c.is_staff = FALSE; DEALLOCATE q;
PREPARE q AS SELECT p.person_no, f.staff_id FROM people_person p
     JOIN people_contact c ON c.tenant_id = p.tenant_id AND c.person_id = p.id
     JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id WHERE p.tenant_id = $1 AND p.person_no > $2 AND p.person_no <= $3 AND f.deleted_at IS NULL; DEALLOCATE q;
PREPARE q AS SELECT p.person_no, f.staff_id FROM people_person p
     JOIN people_contact c ON c.tenant_id = p.tenant_id AND c.person_id = p.id
     JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id WHERE p.tenant_id = $1 AND p.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33) AND f.deleted_at IS NULL; DEALLOCATE q;
PREPARE q AS SELECT p.person_no, o.day, o.paid_fen, o.refunded_fen FROM people_person p
     JOIN orders_order o ON o.tenant_id = p.tenant_id AND o.person_id = p.id WHERE p.tenant_id = $1 AND p.person_no > $2 AND p.person_no <= $3 ; DEALLOCATE q;
PREPARE q AS SELECT p.person_no, o.day, o.paid_fen, o.refunded_fen FROM people_person p
     JOIN orders_order o ON o.tenant_id = p.tenant_id AND o.person_id = p.id WHERE p.tenant_id = $1 AND p.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33) ; DEALLOCATE q;
PREPARE q AS SELECT p.person_no, f.day, l.id, l.post_id, l.group_id FROM people_person p
     JOIN links_first f ON f.tenant_id = p.tenant_id AND f.person_id = p.id
     JOIN links_link l ON l.tenant_id = f.tenant_id AND l.id = f.link_id WHERE p.tenant_id = $1 AND p.person_no > $2 AND p.person_no <= $3 ; DEALLOCATE q;
PREPARE q AS SELECT p.person_no, f.day, l.id, l.post_id, l.group_id FROM people_person p
     JOIN links_first f ON f.tenant_id = p.tenant_id AND f.person_id = p.id
     JOIN links_link l ON l.tenant_id = f.tenant_id AND l.id = f.link_id WHERE p.tenant_id = $1 AND p.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33) ; DEALLOCATE q;
PREPARE q AS SELECT p.person_no, c.purpose, c.granted FROM people_person p
     JOIN privacy_consent c ON c.tenant_id = p.tenant_id AND c.person_id = p.id WHERE p.tenant_id = $1 AND p.person_no > $2 AND p.person_no <= $3 ; DEALLOCATE q;
PREPARE q AS SELECT p.person_no, c.purpose, c.granted FROM people_person p
     JOIN privacy_consent c ON c.tenant_id = p.tenant_id AND c.person_id = p.id WHERE p.tenant_id = $1 AND p.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33) ; DEALLOCATE q;
PREPARE q AS SELECT p.person_no, c.id, c.channel, c.store FROM people_person p
     JOIN live_codes_credit r ON r.tenant_id = p.tenant_id AND r.person_id = p.id
     JOIN live_codes_code c ON c.tenant_id = r.tenant_id AND c.id = r.code_id WHERE p.tenant_id = $1 AND p.person_no > $2 AND p.person_no <= $3 AND r.stage IN ('add', 'join'); DEALLOCATE q;
PREPARE q AS SELECT p.person_no, c.id, c.channel, c.store FROM people_person p
     JOIN live_codes_credit r ON r.tenant_id = p.tenant_id AND r.person_id = p.id
     JOIN live_codes_code c ON c.tenant_id = r.tenant_id AND c.id = r.code_id WHERE p.tenant_id = $1 AND p.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33) AND r.stage IN ('add', 'join'); DEALLOCATE q;
PREPARE q AS SELECT p.person_no, w.ended_at FROM people_person p
     JOIN people_contact c ON c.tenant_id = p.tenant_id AND c.person_id = p.id
     JOIN welcome_log w ON w.tenant_id = c.tenant_id AND w.account_id = c.account_id
       AND w.contact_platform_id = c.external_id WHERE p.tenant_id = $1 AND p.person_no > $2 AND p.person_no <= $3 AND c.is_staff = FALSE AND w.status = 'greeted'; DEALLOCATE q;
PREPARE q AS SELECT p.person_no, w.ended_at FROM people_person p
     JOIN people_contact c ON c.tenant_id = p.tenant_id AND c.person_id = p.id
     JOIN welcome_log w ON w.tenant_id = c.tenant_id AND w.account_id = c.account_id
       AND w.contact_platform_id = c.external_id WHERE p.tenant_id = $1 AND p.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33) AND c.is_staff = FALSE AND w.status = 'greeted'; DEALLOCATE q;
PREPARE q AS SELECT COALESCE(MAX(person_no), 0) FROM people_person WHERE tenant_id = $1; DEALLOCATE q;
PREPARE q AS SELECT id, segment_id, segment_name, version, text, purpose, reason, people, digest, made_by, made_at
             FROM segments_snapshot WHERE tenant_id = $1 AND ($2 = '' OR segment_id = $2) AND ($3 = '' OR id < $3) ORDER BY id DESC LIMIT $4; DEALLOCATE q;
PREPARE q AS SELECT id, segment_id, segment_name, version, text, purpose, reason, people, digest, made_by, made_at
             FROM segments_snapshot WHERE tenant_id = $1 AND id = $2; DEALLOCATE q;
PREPARE q AS INSERT INTO segments_snapshot (tenant_id, id, segment_id, segment_name, version, text, purpose, reason,
             members, people, digest, made_by, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13); DEALLOCATE q;
PREPARE q AS SELECT members FROM segments_snapshot WHERE tenant_id = $1 AND id = $2; DEALLOCATE q;
PREPARE q AS DELETE FROM segments_index WHERE tenant_id = $1; DEALLOCATE q;
PREPARE q AS INSERT INTO segments_index (tenant_id, part, seq, calendar, bytes) VALUES ($1, $2, $3, $4, $5); DEALLOCATE q;
PREPARE q AS SELECT bytes FROM segments_index WHERE tenant_id = $1 AND part = $2 AND calendar = $3; DEALLOCATE q;
PREPARE q AS SELECT x.id, x.name, (x.dismissed_at IS NOT NULL) AS gone FROM groups_group x WHERE 1 = 1 AND x.tenant_id = $1 AND x.id IN ($2); DEALLOCATE q;
PREPARE q AS SELECT x.id, x.title, FALSE AS gone FROM links_link x WHERE 1 = 1 AND x.tenant_id = $1 AND x.id IN ($2); DEALLOCATE q;
PREPARE q AS SELECT x.id, x.title, FALSE AS gone FROM playbooks_post x WHERE 1 = 1 AND x.tenant_id = $1 AND x.id IN ($2); DEALLOCATE q;
PREPARE q AS SELECT x.id, x.name, (x.deleted_at IS NOT NULL) AS gone FROM tags_tag x WHERE 1 = 1 AND x.tenant_id = $1 AND x.id IN ($2); DEALLOCATE q;
PREPARE q AS SELECT x.id, x.name, (x.status = 'closed') AS gone FROM communities_community x WHERE 1 = 1 AND x.tenant_id = $1 AND x.id IN ($2); DEALLOCATE q;
PREPARE q AS SELECT x.id, x.title, FALSE AS gone FROM live_codes_code x WHERE 1 = 1 AND x.tenant_id = $1 AND x.id IN ($2); DEALLOCATE q;
PREPARE q AS SELECT x.id, x.name, (x.status <> 'live') AS gone FROM segments_segment x WHERE 1 = 1 AND x.tenant_id = $1 AND x.id IN ($2); DEALLOCATE q;
PREPARE q AS SELECT x.id, x.name, FALSE AS gone FROM accounts_account x WHERE 1 = 1 AND x.tenant_id = $1 AND x.id IN ($2); DEALLOCATE q;
PREPARE q AS SELECT x.id, x.name, FALSE AS gone FROM staff_member x WHERE 1 = 1 AND x.tenant_id = $1 AND x.id IN ($2); DEALLOCATE q;
PREPARE q AS SELECT id, name, text, expr, version, status, tell_first, filled_version, moves, people, settled_at,
                 created_by, created_at, updated_at
             FROM segments_segment WHERE tenant_id = $1 AND status = 'live' ORDER BY id; DEALLOCATE q;
PREPARE q AS SELECT id, name, text, expr, version, status, tell_first, filled_version, moves, people, settled_at,
                 created_by, created_at, updated_at
             FROM segments_segment WHERE tenant_id = $1 AND id = $2; DEALLOCATE q;
PREPARE q AS SELECT id, name, text, expr, version, status, tell_first, filled_version, moves, people, settled_at,
                 created_by, created_at, updated_at
             FROM segments_segment WHERE tenant_id = $1 AND status = $2 AND ($3 = '' OR id < $3) AND name_search LIKE $4 ESCAPE '!' ORDER BY id DESC LIMIT $5; DEALLOCATE q;
PREPARE q AS SELECT t.zone, t.day_cut_minutes, COALESCE(c.last_seq, 0), COALESCE(r.revision, 0)
             FROM tenants_tenant t LEFT JOIN facts_counter c ON c.tenant_id = t.id
             LEFT JOIN segments_revision r ON r.tenant_id = t.id WHERE t.id = $1; DEALLOCATE q;
PREPARE q AS SELECT version FROM segments_segment WHERE tenant_id = $1 AND status = 'live' LIMIT 1; DEALLOCATE q;
PREPARE q AS SELECT COUNT(*) FROM segments_segment WHERE tenant_id = $1 AND name = $2 AND status = 'live' AND id <> $3; DEALLOCATE q;
PREPARE q AS INSERT INTO segments_segment (tenant_id, id, name, name_search, text, expr, version, status, tell_first,
             created_by, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, 1, 'live', $7, $8, $9, $9); DEALLOCATE q;
PREPARE q AS INSERT INTO segments_version (tenant_id, segment_id, version, text, expr, made_by, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7); DEALLOCATE q;
PREPARE q AS INSERT INTO segments_revision (tenant_id, revision) VALUES ($1, 1)
         ON CONFLICT (tenant_id) DO UPDATE SET revision = segments_revision.revision + 1; DEALLOCATE q;
PREPARE q AS UPDATE segments_segment SET text = $4, expr = $5, version = version + 1, updated_at = $6
             WHERE tenant_id = $1 AND id = $2 AND version = $3; DEALLOCATE q;
PREPARE q AS UPDATE segments_segment SET name = $3, name_search = $4, updated_at = $5 WHERE tenant_id = $1 AND id = $2; DEALLOCATE q;
PREPARE q AS UPDATE segments_segment SET status = $3, filled_version = 0, tell_first = FALSE, updated_at = $4
         WHERE tenant_id = $1 AND id = $2; DEALLOCATE q;
PREPARE q AS SELECT version, text, made_by, made_at FROM segments_version
         WHERE tenant_id = $1 AND segment_id = $2 ORDER BY version DESC LIMIT 200; DEALLOCATE q;
