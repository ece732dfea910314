-- On the node that runs the mart: the raw tables of all shards under the names that the mart reads.
CREATE DATABASE rtb;

CREATE TABLE rtb.meta_v8 AS rtb_node.meta_v8
ENGINE = Distributed('shards', 'rtb_node', 'meta_v8', user_id);

CREATE TABLE rtb.yandex_preclick AS rtb_node.yandex_preclick
ENGINE = Distributed('shards', 'rtb_node', 'yandex_preclick', user_id);
