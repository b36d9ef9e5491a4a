-- How much a site's editors leave to the model alone: the agreement they chose and the thresholds that meet it.
-- Parsed by sites/automation.ts; null: nothing. With the site, since every check asks for it.
alter table sites add column automation jsonb;
