//! Who counts as a person in a figure, an audience or a prize.

use crate::PeopleSet;

/// What somebody is in a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MemberKind {
    Customer,
    /// A customer whose opinion moves others.
    Koc,
    Staff,
    /// A brand-controlled account that looks like a customer.
    HouseAccount,
    /// Labelled people who keep talk going.
    HostCrew,
    Bot,
    Banned,
    /// Made while trying something out.
    Test,
}

impl MemberKind {
    pub const ALL: [Self; 8] = [
        Self::Customer,
        Self::Koc,
        Self::Staff,
        Self::HouseAccount,
        Self::HostCrew,
        Self::Bot,
        Self::Banned,
        Self::Test,
    ];

    /// The one place that decides who counts. Anybody who speaks for the brand, or isn't a person, doesn't.
    #[must_use]
    pub const fn counts(self) -> bool {
        match self {
            Self::Customer | Self::Koc => true,
            Self::Staff | Self::HouseAccount | Self::HostCrew | Self::Bot | Self::Banned | Self::Test => {
                false
            }
        }
    }

    /// As it is stored and sent: `house_account`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Customer => "customer",
            Self::Koc => "koc",
            Self::Staff => "staff",
            Self::HouseAccount => "house_account",
            Self::HostCrew => "host_crew",
            Self::Bot => "bot",
            Self::Banned => "banned",
            Self::Test => "test",
        }
    }

    /// `None` for an unknown name: a kind nobody knows must not be counted by accident.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Gathers what is known about people and says who counts.
#[derive(Clone, Debug, Default)]
pub struct Eligibility {
    counted: PeopleSet,
    barred: PeopleSet,
}

impl Eligibility {
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One membership. Whoever is staff or a house account anywhere counts nowhere, whatever the other groups say
    /// and in whatever order it becomes known.
    pub fn note(&mut self, person: u32, kind: MemberKind) {
        let set = if kind.counts() { &mut self.counted } else { &mut self.barred };
        set.insert(person);
    }

    /// Those who count.
    #[must_use]
    pub fn people(&self) -> PeopleSet {
        self.counted.minus(&self.barred)
    }
}

impl Extend<(u32, MemberKind)> for Eligibility {
    fn extend<I: IntoIterator<Item = (u32, MemberKind)>>(&mut self, memberships: I) {
        for (person, kind) in memberships {
            self.note(person, kind);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_customers_and_koc_count() {
        let counting: Vec<&str> =
            MemberKind::ALL.into_iter().filter(|k| k.counts()).map(MemberKind::name).collect();
        assert_eq!(counting, ["customer", "koc"]);
    }

    #[test]
    fn names_go_there_and_back_and_strangers_are_nobody() {
        for kind in MemberKind::ALL {
            assert_eq!(MemberKind::named(kind.name()), Some(kind));
        }
        assert_eq!(MemberKind::named("vip"), None);
    }

    #[test]
    fn a_house_account_cannot_become_a_customer_elsewhere() {
        let mut known = Eligibility::new();
        known.extend([(1, MemberKind::Customer), (2, MemberKind::HouseAccount), (2, MemberKind::Customer)]);
        known.note(1, MemberKind::Koc);
        assert_eq!(known.people().iter().collect::<Vec<_>>(), [1]);
    }
}
