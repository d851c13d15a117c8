"""What people are told. A notice only points; what it points to is read through its own rule."""
