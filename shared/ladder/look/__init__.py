"""The one look of everything that is shown: colours, page, pictures, terminal."""
