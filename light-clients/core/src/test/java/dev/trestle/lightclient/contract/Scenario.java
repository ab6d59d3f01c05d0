package dev.trestle.lightclient.contract;

import dev.trestle.base.Bytes;
import dev.trestle.lightclient.Claim;
import java.util.List;

/**
 * An honest run of a client. Deterministic: the same on every call.
 *
 * @param anchor for {@code initialize}
 * @param updates messages that are accepted one after another, at least one
 * @param nowSeconds time at which all of them are accepted
 * @param claims true after the last update, with distinct paths; at least two
 * @param absences true after the last update; empty where the family has no proofs of absence
 * @param honestEvidence progress that must not count as misbehaviour after the last update
 * @param misbehaviour evidence each of which freezes the client after the last update
 */
public record Scenario(
    Bytes anchor,
    List<Bytes> updates,
    long nowSeconds,
    List<Claim> claims,
    List<Input.Absence> absences,
    List<Bytes> honestEvidence,
    List<Bytes> misbehaviour) {
  public Scenario {
    updates = List.copyOf(updates);
    claims = List.copyOf(claims);
    absences = List.copyOf(absences);
    honestEvidence = List.copyOf(honestEvidence);
    misbehaviour = List.copyOf(misbehaviour);
  }
}
