"""The parts of probing a site: where channels may be, how they are asked for, which of them are worth polling."""
