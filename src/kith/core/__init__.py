"""What every room may use and no room owns: guard, ids, clock, money, text, SQL. Imports nothing of ours."""
