package dev.trestle.cli;

import dev.trestle.base.Bytes;
import dev.trestle.base.ChainId;
import dev.trestle.base.DecodeException;
import dev.trestle.base.Hash32;
import dev.trestle.crypto.PublicKey;
import dev.trestle.relay.ledger.Genesis;
import dev.trestle.relay.ledger.record.ChainLimits;
import dev.trestle.relay.ledger.tx.GovernanceAction;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Actions of governance from files and for people. */
final class Actions {
  private Actions() {}

  /** One validator a line: its key and the fingerprint of its transport certificate. */
  static GovernanceAction validators(Path file) {
    try {
      List<Genesis.Validator> validators = new ArrayList<>();
      for (String line : Files.readAllLines(file)) {
        if (!line.isBlank() && !line.startsWith("#")) {
          validators.add(validator(line.strip().split("\\s+")));
        }
      }
      validators.sort(Comparator.comparing(each -> each.key().evmAddress()));
      return new GovernanceAction.SetValidators(validators);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    } catch (IllegalArgumentException e) {
      throw new CliException("bad-action", Failures.USAGE, file + ": " + e.getMessage());
    }
  }

  private static Genesis.Validator validator(String[] words) {
    if (words.length != 2) {
      throw new IllegalArgumentException("a line is a key and a certificate's fingerprint");
    }
    return new Genesis.Validator(PublicKey.fromHex(words[0]), Hash32.fromHex(words[1]));
  }

  static GovernanceAction recovery(String chain, Path anchor, Path sample) {
    try {
      return new GovernanceAction.RecoverClient(ChainId.parse(chain), hex(anchor), hex(sample));
    } catch (IllegalArgumentException e) {
      throw new CliException("bad-action", Failures.USAGE, String.valueOf(e.getMessage()));
    }
  }

  static GovernanceAction decode(Bytes encoded) {
    try {
      return GovernanceAction.decode(encoded);
    } catch (DecodeException | IllegalArgumentException e) {
      throw new CliException(
          "bad-action", Failures.VERIFICATION, "not an action: " + e.getMessage());
    }
  }

  static Bytes hex(Path file) {
    try {
      return Bytes.fromHex(Files.readString(file).strip());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  /** What it would change, a line each. */
  static List<String> describe(GovernanceAction action) {
    List<String> lines = new ArrayList<>();
    switch (action) {
      case GovernanceAction.SetValidators(List<Genesis.Validator> validators) -> {
        lines.add("validators from one of the next epochs on:");
        validators.forEach(
            each -> lines.add("  " + each.key() + "  " + each.transportKeyHash().toHex()));
      }
      case GovernanceAction.SetGovernance(Genesis.Governance governance) -> {
        lines.add("governance by " + governance.threshold() + " of:");
        governance.keys().forEach(key -> lines.add("  " + key));
      }
      case GovernanceAction.SetLimits(ChainId chain, ChainLimits limits) ->
          lines.add("limits of " + chain + ": " + limits);
      case GovernanceAction.RecoverClient(ChainId chain, Bytes anchor, Bytes sample) ->
          lines.add(
              "recovery of the client of "
                  + chain
                  + " from an anchor of "
                  + anchor.size()
                  + " bytes and a sample of "
                  + sample.size());
      case GovernanceAction.RotateCommittee(List<PublicKey> attestKeys, long overlapMillis) -> {
        lines.add("the committee attests by, the old keys for " + overlapMillis + " ms besides:");
        attestKeys.forEach(key -> lines.add("  " + key));
      }
      case GovernanceAction.CloseLane(Hash32 routeId) ->
          lines.add("nothing is sent on the lane of route " + routeId.toHex() + " any more");
    }
    return lines;
  }
}
