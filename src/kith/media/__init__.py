"""Photos: taken in, cleaned, stored, served through the rule of what they are attached to."""
