"""The application: what people and programs ask, and how they are answered."""
