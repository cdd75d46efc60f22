//! Reading MySQL dumps of two other open-source products, MoChat and LinkWeChat: their people with tags and groups. Pure.
//!
//! | product | table | columns |
//! |---|---|---|
//! | MoChat | `mc_work_contact` | `id`, `wx_external_userid`, `name`, `unionid` |
//! | | `mc_work_contact_tag` | `id`, `name` |
//! | | `mc_work_contact_tag_pivot` | `contact_id`, `contact_tag_id` |
//! | | `mc_work_room`, `mc_work_contact_room` | `id`, `name`; `contact_id`, `room_id` |
//! | LinkWeChat | `we_customer` | `external_userid`, `customer_name` or `name`, `unionid`, `phone` |
//! | | `we_tag` | `tag_id`, `name` |
//! | | `we_flower_customer_tag_rel` | `tag_id` and `external_userid`, or `flower_customer_rel_id` |
//! | | `we_flower_customer_rel` | `id`, `external_userid` |
//! | | `we_group`, `we_group_member` | `chat_id`, `group_name`; `chat_id`, `user_id` |
//!
//! The file is walked twice: first what belongs to people, which is held in memory up to a bound, then the people, row
//! by row. Rows that are marked as deleted are left out.

mod tokens;

use std::collections::HashMap;
use std::io::{BufReader, Read, Seek, SeekFrom};

use super::read::{Sink, checked, unreadable};
use super::{ImportRefusal, Kind, Row};

pub use tokens::scan;

/// The header of the table that a dump becomes.
const HEADERS: [&str; 6] = ["name", "external_id", "union_id", "phone", "tags", "groups"];
/// Ties of a person to a tag or a group that are held in memory.
const MOST_TIES: usize = 3_000_000;
/// What stands between two tags: no name may hold it.
const BETWEEN: &str = "|";

/// Whether a text file is a dump rather than a table.
#[must_use]
pub fn is_dump(head: &[u8]) -> bool {
    let text = String::from_utf8_lossy(head).to_lowercase();
    let starts = text.trim_start_matches(['\u{feff}', '\n', '\r', ' ']);
    let sql = ["--", "/*", "set ", "drop table", "create table", "insert into"];
    sql.iter().any(|s| starts.starts_with(s))
        && (text.contains("insert into `") || text.contains("create table"))
}

/// One row of a table: looks a value up by column.
pub struct Record<'a> {
    pub table: &'a str,
    columns: &'a [String],
    values: &'a [Option<String>],
}

impl Record<'_> {
    /// The first of these columns that there is; empty for NULL and for what is missing.
    fn text(&self, names: &[&str]) -> &str {
        let at = names.iter().find_map(|name| self.columns.iter().position(|c| c == name));
        at.and_then(|at| self.values.get(at)).and_then(Option::as_deref).unwrap_or("")
    }
    fn is_deleted(&self) -> bool {
        !self.text(&["deleted_at"]).is_empty() || !matches!(self.text(&["del_flag"]), "" | "0")
    }
}

/// What ties people to tags and groups.
#[derive(Default)]
struct Ties {
    tags: Names,
    groups: Names,
    /// LinkWeChat's older dumps tie tags to a bond, and the bond to a person.
    bonds: HashMap<String, String>,
    count: usize,
}

/// Names by id, and whose they are by the person's own id.
#[derive(Default)]
struct Names {
    of: HashMap<String, String>,
    held: HashMap<String, Vec<String>>,
}

impl Names {
    fn of_person(&self, ids: &[&str]) -> String {
        let held = ids.iter().filter_map(|id| self.held.get(*id)).flatten();
        let mut names: Vec<&str> = held.filter_map(|id| self.of.get(id)).map(String::as_str).collect();
        names.sort_unstable();
        names.dedup();
        names.join(BETWEEN)
    }
}

const TIES: [&str; 9] = [
    "mc_work_contact_tag",
    "mc_work_contact_tag_pivot",
    "mc_work_room",
    "mc_work_contact_room",
    "we_tag",
    "we_flower_customer_tag_rel",
    "we_flower_customer_rel",
    "we_group",
    "we_group_member",
];
const PEOPLE: [&str; 2] = ["mc_work_contact", "we_customer"];

impl Ties {
    fn note(&mut self, record: &Record<'_>) -> Result<(), ImportRefusal> {
        let owned = |names: &[&str]| record.text(names).replace(BETWEEN, " ").trim().to_owned();
        let id = |names: &[&str]| record.text(names).to_owned();
        if record.is_deleted() {
            return Ok(());
        }
        self.count += 1;
        if self.count > MOST_TIES {
            return Err(ImportRefusal::TooManyRows);
        }
        match record.table {
            "mc_work_contact_tag" => {
                self.tags.of.insert(id(&["id"]), owned(&["name"]));
            }
            "we_tag" => {
                self.tags.of.insert(id(&["tag_id"]), owned(&["name"]));
            }
            "mc_work_room" => {
                self.groups.of.insert(id(&["id"]), owned(&["name"]));
            }
            "we_group" => {
                self.groups.of.insert(id(&["chat_id"]), owned(&["group_name"]));
            }
            "we_flower_customer_rel" => {
                self.bonds.insert(id(&["id"]), id(&["external_userid"]));
            }
            "mc_work_contact_tag_pivot" => {
                self.tags.held.entry(id(&["contact_id"])).or_default().push(id(&["contact_tag_id"]));
            }
            "we_flower_customer_tag_rel" => {
                let person = match record.text(&["external_userid"]) {
                    "" => format!("bond {}", record.text(&["flower_customer_rel_id"])),
                    person => person.to_owned(),
                };
                self.tags.held.entry(person).or_default().push(id(&["tag_id"]));
            }
            "mc_work_contact_room" if !matches!(record.text(&["contact_id"]), "" | "0") => {
                self.groups.held.entry(id(&["contact_id"])).or_default().push(id(&["room_id"]));
            }
            "we_group_member" => {
                self.groups.held.entry(id(&["user_id"])).or_default().push(id(&["chat_id"]));
            }
            _ => {}
        }
        Ok(())
    }

    /// Moves tags of bonds to the persons of the bonds.
    fn settle(&mut self) {
        for (bond, person) in std::mem::take(&mut self.bonds) {
            if let Some(tags) = self.tags.held.remove(&format!("bond {bond}")) {
                self.tags.held.entry(person).or_default().extend(tags);
            }
        }
    }
}

/// Reads the people of a dump as a table with the header `name, external_id, union_id, phone, tags, groups`. Rows are
/// numbered as they come.
///
/// # Errors
/// When it holds nobody, or too much.
pub fn read_dump<S: Read + Seek + Clone>(
    source: &S,
    kind: Kind,
    sink: &mut Sink<'_>,
) -> Result<(), ImportRefusal> {
    if kind == Kind::Orders {
        return Err(ImportRefusal::DumpUnknown);
    }
    let again = || -> Result<BufReader<S>, ImportRefusal> {
        let mut source = source.clone();
        source.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        Ok(BufReader::new(source))
    };
    let mut ties = Ties::default();
    scan(again()?, &TIES, &mut |record| ties.note(&record))?;
    ties.settle();
    let mut number = 1;
    scan(again()?, &PEOPLE, &mut |record| {
        if record.is_deleted() {
            return Ok(());
        }
        if number == 1 {
            let cells = HEADERS.iter().map(|h| (*h).to_owned()).collect();
            sink(Row { number, cells, problem: None })?;
        }
        number += 1;
        let external = record.text(&["wx_external_userid", "external_userid"]);
        // MoChat ties by its own number, LinkWeChat by the platform's id.
        let own = if record.table == "we_customer" { external } else { record.text(&["id"]) };
        let cells = vec![
            record.text(&["customer_name", "name"]).to_owned(),
            external.to_owned(),
            record.text(&["unionid"]).to_owned(),
            record.text(&["phone"]).to_owned(),
            ties.tags.of_person(&[own]),
            ties.groups.of_person(&[own]),
        ];
        sink(checked(number, cells))
    })?;
    if number == 1 { Err(ImportRefusal::DumpUnknown) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    fn people(dump: &str) -> Result<Vec<String>, ImportRefusal> {
        let mut rows = Vec::new();
        read_dump(&Cursor::new(dump.as_bytes().to_vec()), Kind::People, &mut |row| {
            rows.push(row.problem.unwrap_or_else(|| row.cells.join("/")));
            Ok(())
        })?;
        Ok(rows)
    }

    #[test]
    fn people_of_mochat_come_with_their_tags_and_groups() {
        let dump = "-- a comment; with 'quotes\n/*!40101 SET NAMES utf8mb4 */;\n\
            CREATE TABLE `mc_work_contact` (`id` int(10) unsigned NOT NULL AUTO_INCREMENT COMMENT 'a,(b',\n\
             `corp_id` int, `wx_external_userid` varchar(255) DEFAULT '', `name` varchar(60), `unionid` varchar(60),\n\
             `deleted_at` timestamp NULL, PRIMARY KEY (`id`), KEY `k` (`corp_id`,`id`)) ENGINE=InnoDB;\n\
            INSERT INTO `mc_work_contact` VALUES (1,1,'wmA','小\\'美; (a)','u1',NULL),(2,1,'wmB','it''s','',NULL),\n\
             (3,1,'wmC','gone','',  '2021-01-01');\n\
            INSERT INTO mc_work_contact_tag (id, name) VALUES (7,'新客'),(8,'a|b');\n\
            INSERT INTO `mc_work_contact_tag_pivot` (`id`,`contact_id`,`contact_tag_id`,`deleted_at`) VALUES \
             (1,1,7,NULL),(2,1,8,NULL),(3,1,7,NULL),(4,2,7,'2021-01-01');\n\
            INSERT INTO `mc_work_room` (`id`,`name`) VALUES (5,'一群');\n\
            INSERT INTO `mc_work_contact_room` (`contact_id`,`room_id`) VALUES (1,5),(0,5);\n\
            INSERT INTO `other` VALUES ('x');\n";
        assert!(is_dump(dump.as_bytes()));
        let rows = people(dump).expect("readable");
        assert_eq!(
            rows,
            [
                "name/external_id/union_id/phone/tags/groups",
                "小'美; (a)/wmA/u1//a b|新客/一群",
                "it's/wmB////"
            ]
        );
    }

    #[test]
    fn people_of_linkwechat_are_read_in_both_shapes() {
        let old = "CREATE TABLE `we_customer` (`external_userid` varchar(32), `name` varchar(32), `unionid` varchar(32));\n\
            INSERT INTO `we_customer` VALUES ('wmA','小美','u1');\n\
            INSERT INTO `we_flower_customer_tag_rel` (id, flower_customer_rel_id, tag_id) VALUES ('1','10','et1');\n\
            INSERT INTO `we_flower_customer_rel` (id, external_userid) VALUES ('10','wmA');\n\
            INSERT INTO `we_tag` (tag_id, name) VALUES ('et1', '爱吃辣');";
        assert_eq!(people(old).expect("readable")[1], "小美/wmA/u1//爱吃辣/");
        let new = "INSERT INTO `we_customer` (`external_userid`,`customer_name`,`unionid`,`phone`,`del_flag`) VALUES \
             ('wmA','小美','u1','13800000000',0),('wmB','x','','',1);\n\
            INSERT INTO `we_flower_customer_tag_rel` (external_userid, tag_id, del_flag) VALUES ('wmA','et1',0);\n\
            INSERT INTO `we_tag` (tag_id, name) VALUES ('et1', '爱吃辣');\n\
            INSERT INTO we_group (chat_id, group_name) VALUES ('c1','二群');\n\
            INSERT INTO we_group_member (chat_id, user_id) VALUES ('c1','wmA');";
        assert_eq!(people(new).expect("readable")[1..], ["小美/wmA/u1/13800000000/爱吃辣/二群"]);
    }

    #[test]
    fn foreign_and_broken_dumps_are_refused_or_read_as_far_as_they_go() {
        assert_eq!(people("INSERT INTO `shop` VALUES (1);"), Err(ImportRefusal::DumpUnknown));
        assert!(!is_dump("name,phone\n--,1\n".as_bytes()));
        let cut = "INSERT INTO `we_customer` (external_userid, name) VALUES ('wmA','a'),('wmB','unbalanced";
        assert_eq!(people(cut).expect("readable").len(), 2);
        let huge = format!(
            "INSERT INTO `we_customer` (external_userid, name) VALUES ('wmA','{}'),('wmB','b');",
            "x".repeat(1_000_000)
        );
        assert_eq!(people(&huge).expect("readable")[1..], ["imports.row_cell_too_long", "b/wmB////"]);
    }
}
