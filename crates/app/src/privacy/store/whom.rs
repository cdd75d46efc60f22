//! Pieces of SQL that decide the same for every store: who counts, and whom an operator reaches.

/// Whether a kind of person counts in figures, as `audience::MemberKind::counts` says it.
macro_rules! is_counted {
    ($kind:literal) => {
        concat!($kind, " IN ('customer', 'koc')")
    };
}

/// Whether somebody was in a group of an employee or is her contact; `$1` is the tenant, `$2` the employee.
macro_rules! reached {
    ($person:literal) => {
        concat!(
            "(",
            $person,
            " IN (SELECT m.person_id FROM groups_membership m
                  JOIN groups_duty d ON d.tenant_id = m.tenant_id AND d.group_id = m.group_id
                  WHERE m.tenant_id = $1 AND d.staff_id = $2)
              OR ",
            $person,
            " IN (SELECT c.person_id FROM people_contact c
                  JOIN people_follow f ON f.tenant_id = c.tenant_id AND f.contact_id = c.id
                  WHERE c.tenant_id = $1 AND f.staff_id = $2))"
        )
    };
}

/// Whether somebody is within reach; `$1` is the tenant, `$2` the key of the reach, empty for everybody.
macro_rules! in_reach {
    ($person:literal) => {
        concat!("($2 = '' OR ", crate::privacy::reached!($person), ")")
    };
}

pub(crate) use {in_reach, is_counted, reached};

#[cfg(test)]
mod tests {
    use audience::MemberKind;

    #[test]
    fn the_database_counts_whom_the_product_counts() {
        let among = MemberKind::ALL.into_iter().filter(|kind| kind.counts());
        let names: Vec<String> = among.map(|kind| format!("'{}'", kind.name())).collect();
        assert_eq!(is_counted!("p.kind"), format!("p.kind IN ({})", names.join(", ")));
    }
}
