package dev.trestle.relay.simulation;

import dev.trestle.relay.consensus.Statement;
import dev.trestle.relay.consensus.StatementKind;

/**
 * What a correct validator never says both of. Shares no predicate with the core: a bug there must
 * not hide itself here.
 */
public final class Contradictions {
  private Contradictions() {}

  /** Of two different statements of one validator. */
  public static boolean between(Statement a, Statement b) {
    if (a.height() != b.height()) {
      return false;
    }
    if (a.kind() == b.kind() && a.round() == b.round()) {
      return true;
    }
    Statement commit = a.kind() == StatementKind.COMMIT ? a : b;
    Statement change = commit.equals(a) ? b : a;
    boolean pair =
        commit.kind() == StatementKind.COMMIT && change.kind() == StatementKind.ROUND_CHANGE;
    if (!pair || change.round() <= commit.round()) {
      return false;
    }
    return change.preparedRound() < commit.round()
        || (change.preparedRound() == commit.round() && !change.blockId().equals(commit.blockId()));
  }
}
