-- Names as people type them: without case, marks, script and punctuation, so that 'Mueller' finds 'Müller'.
--
-- Computed by the programs, by the rules that names are compared by. Null for a name from before this column: it is filled when the name's
-- scope is resolved next, which is due for all of them.
ALTER TABLE name_form ADD COLUMN folded text;
-- Entities by folded name.
CREATE INDEX name_form_folded ON name_form (folded);
-- Names that wait for it.
CREATE INDEX name_form_not_folded ON name_form (scope) WHERE folded IS NULL;
UPDATE graph_scope SET pending = greatest(pending, 1) WHERE EXISTS (SELECT FROM name_form AS f WHERE f.scope = graph_scope.id);
