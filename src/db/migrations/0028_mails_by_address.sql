-- By hand: the pieces of an address, by which a mail is found (`db/page.ts`).
CREATE INDEX mail_to_pieces ON mail USING gin (pieces("to")) WITH (gin_pending_list_limit = 256);
