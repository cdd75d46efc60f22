//! Company tags.

use async_trait::async_trait;
use messenger::tags::{TagGroupSnapshot, TagSnapshot, Tags};
use messenger::{Lane, Result};

use super::WecomMessenger;
use crate::wire::tags::{AddCorpTag, DelCorpTag, EditCorpTag, GetCorpTagList, NewTag, Tag, TagGroup};

#[async_trait]
impl Tags for WecomMessenger {
    async fn list(&self, lane: Lane) -> Result<Vec<TagGroupSnapshot>> {
        let reply = self.client.call(&GetCorpTagList::default(), lane).await?;
        Ok(reply.tag_group.into_iter().filter(|g| g.deleted != Some(true)).map(snapshot).collect())
    }

    async fn add(&self, group_name: &str, tags: &[String], lane: Lane) -> Result<TagGroupSnapshot> {
        let request = AddCorpTag {
            group_name: Some(group_name.to_owned()),
            tag: tags.iter().map(|name| NewTag { name: name.clone(), order: None }).collect(),
            ..AddCorpTag::default()
        };
        Ok(snapshot(self.client.call(&request, lane).await?.tag_group))
    }

    async fn rename(&self, tag_or_group: &str, name: &str, lane: Lane) -> Result<()> {
        let request = EditCorpTag {
            id: tag_or_group.to_owned(),
            name: Some(name.to_owned()),
            ..EditCorpTag::default()
        };
        self.client.call(&request, lane).await?;
        Ok(())
    }

    async fn set_order(&self, tag_or_group: &str, order: i64, lane: Lane) -> Result<()> {
        let request =
            EditCorpTag { id: tag_or_group.to_owned(), order: Some(order), ..EditCorpTag::default() };
        self.client.call(&request, lane).await?;
        Ok(())
    }

    async fn remove(&self, tags: &[String], lane: Lane) -> Result<()> {
        if tags.is_empty() {
            return Ok(());
        }
        let request = DelCorpTag { tag_id: tags.to_vec(), ..DelCorpTag::default() };
        self.client.call(&request, lane).await?;
        Ok(())
    }
}

fn snapshot(group: TagGroup) -> TagGroupSnapshot {
    let tag = |t: Tag| TagSnapshot { id: t.id, name: t.name, order: t.order };
    TagGroupSnapshot {
        id: group.group_id,
        name: group.group_name,
        order: group.order,
        tags: group.tag.into_iter().filter(|t| t.deleted != Some(true)).map(tag).collect(),
    }
}
