package dev.trestle.lightclient.bitcoin.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.StoredHeader;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorJson;
import dev.trestle.lightclient.vectors.VectorReading;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Header runs of the tests of tBTC and Summa: mainnet from a {@code genesis} on, over a retarget
 * and with real orphans.
 */
final class ForeignRelays implements BitcoinVectors.Reader {
  @Override
  public VectorReading read(VectorFile file) {
    if (!file.isJson() || !VectorJson.hasFields(file.json(), "genesis")) {
      return VectorReading.foreign();
    }
    JsonNode json = file.json();
    boolean split = VectorJson.hasFields(json, "preRetargetChain", "postRetargetChain");
    if (!VectorJson.hasFields(json.get("genesis"), "hex", "height")
        || (!split && !json.has("chain"))) {
      return VectorReading.foreign();
    }
    return VectorReading.cases(cases(json, split));
  }

  private static List<VectorCase> cases(JsonNode json, boolean split) {
    StoredHeader start = start(json);
    List<BlockHeader> chain = new ArrayList<>();
    if (split) {
      chain.addAll(headers(json, "preRetargetChain"));
      chain.addAll(headers(json, "postRetargetChain"));
    } else {
      chain.addAll(headers(json, "chain"));
    }
    List<VectorCase> out = new ArrayList<>();
    out.add(
        new VectorCase(
            "chain of " + chain.size(),
            Expected.ACCEPT,
            () -> {
              FollowedChain client = FollowedChain.at(BitcoinNetworks.BITCOIN_MAINNET, start);
              return Checks.after(client.feed(chain))
                  .same("tip", chain.getLast().id(), client.tip())
                  .outcome();
            }));
    for (String name : json.propertyNames()) {
      if (name.startsWith("orphan")) {
        BlockHeader orphan = header(VectorJson.field(json, name));
        out.add(new VectorCase(name, Expected.ACCEPT, () -> orphan(start, chain, orphan)));
      }
    }
    VectorJson.optional(json, "badHeader")
        .map(ForeignRelays::header)
        .ifPresent(
            bad ->
                out.add(
                    new VectorCase(
                        "badHeader", Expected.REJECT, () -> appended(start, chain, bad))));
    return out;
  }

  private static Outcome appended(StoredHeader start, List<BlockHeader> chain, BlockHeader header) {
    FollowedChain client = FollowedChain.at(BitcoinNetworks.BITCOIN_MAINNET, start);
    Outcome before = client.feed(chain);
    return before.accepted() ? client.feed(List.of(header)) : before;
  }

  /** The orphan comes first: it leads until its competitor has a child. */
  private static Outcome orphan(StoredHeader start, List<BlockHeader> chain, BlockHeader orphan) {
    FollowedChain client = FollowedChain.at(BitcoinNetworks.BITCOIN_MAINNET, start);
    int fork = chain.stream().map(BlockHeader::id).toList().indexOf(orphan.previous());
    Checks checks = new Checks().holds("an orphan without its parent", fork >= 0);
    if (!checks.outcome().accepted() || fork + 2 >= chain.size()) {
      return checks.holds("no competitor with a child", false).outcome();
    }
    Outcome outcome = client.feed(chain.subList(0, fork + 1));
    outcome = outcome.accepted() ? client.feed(List.of(orphan)) : outcome;
    checks = Checks.after(outcome).same("tip", orphan.id(), client.tip());
    Outcome tie = client.feed(chain.subList(fork + 1, fork + 2));
    checks.holds("the tie: " + tie, tie.accepted()).same("tip", orphan.id(), client.tip());
    Outcome rest = client.feed(chain.subList(fork + 2, chain.size()));
    return checks
        .holds("the rest: " + rest, rest.accepted())
        .same("tip", chain.getLast().id(), client.tip())
        .outcome();
  }

  private static StoredHeader start(JsonNode json) {
    JsonNode node = VectorJson.field(json, "genesis");
    BlockHeader header = header(node);
    Optional<BlockHeader> period =
        VectorJson.optional(json, "oldPeriodStart").map(ForeignRelays::header);
    return new StoredHeader(
        header,
        VectorJson.number(node, "height"),
        BigInteger.TEN,
        List.of(header.time()),
        period.orElse(header).time(),
        period.orElse(header).bits(),
        header.bits());
  }

  private static List<BlockHeader> headers(JsonNode json, String name) {
    return VectorJson.list(json, name).stream().map(ForeignRelays::header).toList();
  }

  private static BlockHeader header(JsonNode node) {
    Bytes raw = VectorJson.hex(node, "hex");
    // One upstream entry carries a byte too many; the digest tells which 80 are meant.
    if (raw.size() < BlockHeader.SIZE || raw.size() > BlockHeader.SIZE + 1) {
      throw new DecodeException("a header of " + raw.size() + " bytes");
    }
    BlockHeader header = BlockHeader.of(raw.slice(0, BlockHeader.SIZE));
    if (!header.id().bytes().equals(VectorJson.hex(node, "digest_le"))) {
      throw new DecodeException("digest_le is not the header's");
    }
    return header;
  }
}
