-- With the id in it: a thread is found by its address, and the counts of many, without sorting.
create index threads_address on threads (site_id, canonical_url, id);
drop index threads_canonical_url;
