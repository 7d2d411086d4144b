"""What steps and sources share that ask other systems: addresses, sign-in, questions, and what to keep of an answer."""
