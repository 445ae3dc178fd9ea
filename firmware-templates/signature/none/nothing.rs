// Nothing of this is compiled.
