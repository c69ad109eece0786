"""The way from one level to another as a text to read: a page, in the terminal, in a browser."""
