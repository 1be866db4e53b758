package io.pointsman.lab.mini;

/// A prompt with its right answer and the working that leads to it.
///
/// @param task what is asked
/// @param key the operands and operators, whatever the phrasing: what the held-out split hashes
/// @param prompt the user's words
/// @param working what the reasoner writes between its think tags
/// @param answer what both models write in the end
record Problem(Task task, String key, String prompt, String working, String answer) {}
