-- On every node, after schema.sql: its shard of the raw tables. The shards are cut by user_id, which is in
-- the join's key, so that a bid and its preclicks are on the same one.
RENAME DATABASE rtb TO rtb_node;
