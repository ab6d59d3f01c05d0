package dev.trestle.lightclient.poa;

import dev.trestle.base.Hash32;
import dev.trestle.base.Verdict;
import dev.trestle.crypto.EvmAddress;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * Consecutive blocks of a Clique chain, from the signers of its genesis on.
 *
 * <p>Besides the codes of {@link CliqueRules}: {@code not-a-child}.
 *
 * <p>EIP-225.
 */
final class CliqueReplay {
  private static final long DEFAULT_EPOCH = 30_000;

  private final long epoch;
  private final TreeMap<Long, EvmAddress> recent = new TreeMap<>();
  private VoteTally tally;
  private Optional<Hash32> parent = Optional.empty();

  private CliqueReplay(JsonNode json) {
    this.epoch = json.has("epoch") ? VectorJson.number(json, "epoch") : DEFAULT_EPOCH;
    List<EvmAddress> signers = PoaVectors.addresses(json, "signers");
    if (json.has("genesis_extra_data")) {
      List<EvmAddress> listed =
          CliqueRules.listedSigners(VectorJson.hex(json, "genesis_extra_data"));
      if (!listed.equals(signers)) {
        throw new dev.trestle.base.DecodeException("genesis lists " + listed);
      }
    }
    this.tally = VoteTally.of(ValidatorSet.of(signers));
  }

  static List<VectorCase> cases(JsonNode json) {
    CliqueReplay replay = new CliqueReplay(json);
    List<VectorCase> cases = new ArrayList<>();
    for (JsonNode block : VectorJson.list(json, "blocks")) {
      boolean valid = flag(block, "parent_ok") && flag(block, "authorized");
      cases.add(
          new VectorCase(
              "block " + VectorJson.number(block, "number"),
              Expected.of(valid),
              () -> replay.next(block)));
    }
    return cases;
  }

  private static boolean flag(JsonNode block, String name) {
    return !block.has(name) || VectorJson.bool(block, name);
  }

  private Outcome next(JsonNode block) {
    PoaHeader header = PoaHeader.decode(VectorJson.hex(block, "header_rlp"));
    PoaVectors.same(block, "seal_hash", CliqueRules.sealHash(header));
    if (parent.filter(hash -> !hash.equals(header.parentHash())).isPresent()) {
      return Outcome.rejected(PoaCode.NOT_A_CHILD, "parent " + header.parentHash());
    }
    Verdict<CliqueRules.Signed> verdict =
        CliqueRules.check(header, epoch, tally.validators(), recent);
    if (verdict instanceof Verdict.Accepted<CliqueRules.Signed>(CliqueRules.Signed passed)) {
      PoaVectors.same(block, "hash", passed.hash());
      PoaVectors.checkSigner(block, passed.signer());
      boolean inTurn =
          !block.has("in_turn")
              || VectorJson.bool(block, "in_turn") == header.difficulty().equals(BigInteger.TWO);
      if (!inTurn || header.number() != VectorJson.number(block, "number")) {
        throw new IllegalStateException("block " + header.number());
      }
      recent.put(header.number(), passed.signer());
      parent = Optional.of(passed.hash());
      tally =
          CliqueRules.isCheckpoint(header, epoch)
              ? tally.withoutVotes()
              : passed.vote().map(vote -> tally.after(passed.signer(), vote, true)).orElse(tally);
    }
    return Outcome.of(verdict);
  }
}
