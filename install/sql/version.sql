-- saltwellVersion(): the version of Saltwell that the SQL functions belong to. The build writes it in.
CREATE OR REPLACE FUNCTION saltwellVersion AS () -> '@VERSION@';
