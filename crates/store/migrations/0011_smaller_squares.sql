-- Approaches are kept by squares of 400 m instead of 800 m: what was concluded by the others is concluded again.
delete from approaches;
delete from approaches_read;
