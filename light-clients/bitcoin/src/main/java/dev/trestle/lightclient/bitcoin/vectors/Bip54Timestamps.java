package dev.trestle.lightclient.bitcoin.vectors;

import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.RejectionCode;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorJson;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * {@code bip54/timestamps.json}: chains that are valid under today's rules, and under those of
 * BIP-54 where the file says so. The two rules of BIP-54 are not part of any network yet; they are
 * checked here, on top of what the client accepts.
 */
final class Bip54Timestamps {
  /** How far the first block of a period may be before its parent, in seconds. */
  private static final long MAX_TIMEWARP_SECONDS = 7_200;

  /** The main network, of which no header but the first is known: these chains are not its own. */
  static final ChainParameters NETWORK = unknown(BitcoinNetworks.BITCOIN_MAINNET);

  private Bip54Timestamps() {}

  private static ChainParameters unknown(ChainParameters network) {
    return new ChainParameters(
        network.id() + "-bip54",
        network.powHash(),
        network.genesis(),
        network.difficulty(),
        network.versionFloors(),
        network.addresses(),
        network.slip44(),
        network.staleAfterSeconds());
  }

  static List<VectorCase> of(JsonNode list) {
    List<VectorCase> out = new ArrayList<>();
    for (JsonNode each : VectorJson.list(list)) {
      List<BlockHeader> headers = Checks.headers(VectorJson.field(each, "header_chain"));
      if (headers.isEmpty()) {
        throw new DecodeException("a chain without headers");
      }
      Expected expected =
          VectorJson.bool(each, "valid")
              ? Expected.ACCEPT
              : Expected.reject(RejectionCode.TIME_TIMEWARP_ATTACK);
      out.add(new VectorCase(Checks.name(each, out.size()), expected, () -> check(headers)));
    }
    return out;
  }

  private static Outcome check(List<BlockHeader> given) {
    List<BlockHeader> headers = new ArrayList<>(given);
    if (given.getFirst().previous().equals(NETWORK.genesis().id())) {
      headers.addFirst(NETWORK.genesis());
    }
    Outcome today = new RealRun(NETWORK, 0, headers).verify();
    return today.accepted() ? underBip54(headers) : today;
  }

  private static Outcome underBip54(List<BlockHeader> headers) {
    int interval = NETWORK.difficulty().interval();
    for (int height = 1; height < headers.size(); height++) {
      long time = headers.get(height).time();
      boolean warps =
          height % interval == 0 && time < headers.get(height - 1).time() - MAX_TIMEWARP_SECONDS;
      boolean negative =
          height % interval == interval - 1 && time < headers.get(height - interval + 1).time();
      if (warps || negative) {
        return Outcome.rejected(
            RejectionCode.TIME_TIMEWARP_ATTACK,
            warps ? "height " + height : "a period of negative length at " + height);
      }
    }
    return Outcome.ok();
  }
}
