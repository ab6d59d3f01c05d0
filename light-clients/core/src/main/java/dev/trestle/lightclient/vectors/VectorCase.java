package dev.trestle.lightclient.vectors;

import java.util.function.Supplier;

/**
 * One case of a vector file.
 *
 * @param name tells it apart within its file
 * @param expected what the file says
 * @param check what our verifier says; run at most once. Whatever it throws is a fault of ours and
 *     a mismatch
 */
public record VectorCase(String name, Expected expected, Supplier<Outcome> check) {}
