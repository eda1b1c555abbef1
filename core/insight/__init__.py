"""How topics and the file's columns go together: shares, matches, and which column an instruction asks for."""
