-- Evidence and trace of an automatic decision are some 4 kB of JSON. From 2 kB on PostgreSQL compresses a row (pglz), which took
-- longer than all else that is written about a decision. Two decisions share a page as they are; what is larger is compressed as before.
alter table decisions set (toast_tuple_target = 4080);
