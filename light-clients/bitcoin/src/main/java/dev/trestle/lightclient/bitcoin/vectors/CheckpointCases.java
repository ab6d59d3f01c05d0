package dev.trestle.lightclient.bitcoin.vectors;

import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.bitcoin.CompactTarget;
import dev.trestle.lightclient.bitcoin.HeaderRules;
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

/** {@code checkpoints/*.json}: Electrum's hashes and targets; chain work every 2,016 blocks. */
final class CheckpointCases implements BitcoinVectors.Reader {
  private static final int PERIOD = 2_016;

  @Override
  public VectorReading read(VectorFile file) {
    if (!file.isJson()) {
      return VectorReading.foreign();
    }
    Optional<JsonNode> first = VectorJson.first(file.json());
    if (first.filter(CheckpointCases::isElectrum).isPresent()) {
      ChainParameters network =
          NetworkNames.in(file)
              .orElseThrow(() -> new DecodeException("the file's name does not name a network"));
      return VectorReading.cases(electrum(VectorJson.list(file.json()), network));
    }
    return first
            .filter(row -> VectorJson.hasFields(row, "height", "chainwork", "header", "hash"))
            .isPresent()
        ? VectorReading.cases(chainWork(VectorJson.list(file.json())))
        : VectorReading.foreign();
  }

  private static boolean isElectrum(JsonNode row) {
    return row.isArray()
        && row.size() == 2
        && row.get(0).isString()
        && row.get(0).asString().matches("(0x)?[0-9a-fA-F]{64}")
        && row.get(1).isIntegralNumber();
  }

  private static List<VectorCase> electrum(List<JsonNode> rows, ChainParameters network) {
    List<VectorCase> out = new ArrayList<>();
    BigInteger limit = network.difficulty().powLimit();
    BigInteger before = limit;
    for (int i = 0; i < rows.size(); i++) {
      if (!isElectrum(rows.get(i))) {
        throw new DecodeException("row " + i + " is not a hash and a target");
      }
      BigInteger hash = new BigInteger(1, VectorJson.hex(rows.get(i).get(0)).toArray());
      BigInteger next = rows.get(i).get(1).bigIntegerValue();
      // The last block of a period may be a minimum-difficulty one on test networks.
      BigInteger bound = network.difficulty().minDifficultyBlocks() ? limit : before;
      boolean stated = next.signum() > 0;
      out.add(
          new VectorCase(
              "chunk " + i, Expected.ACCEPT, () -> checkpoint(hash, bound, next, limit)));
      before = stated ? next : limit;
    }
    return out;
  }

  private static Outcome checkpoint(
      BigInteger hash, BigInteger bound, BigInteger next, BigInteger limit) {
    Checks checks = new Checks().holds("the hash is over its target", hash.compareTo(bound) <= 0);
    if (next.signum() > 0) {
      checks
          .holds("an easier target than the network allows", next.compareTo(limit) <= 0)
          .same(
              "canonical target",
              Optional.of(next),
              CompactTarget.decode(CompactTarget.encode(next)));
    }
    return checks.outcome();
  }

  private static List<VectorCase> chainWork(List<JsonNode> rows) {
    List<VectorCase> out = new ArrayList<>();
    BlockHeader before = BitcoinNetworks.BITCOIN_MAINNET.genesis();
    long height = 0;
    BigInteger total = work(before);
    for (JsonNode row : rows) {
      BlockHeader header = Checks.header(row, "header");
      BigInteger stated = Checks.hexNumber(row, "chainwork");
      long at = VectorJson.number(row, "height");
      // Rows may be left out; then the work before is taken from the row itself.
      Optional<BigInteger> expected =
          at == height + PERIOD
              ? Optional.of(
                  total
                      .add(work(before).multiply(BigInteger.valueOf(PERIOD - 1)))
                      .add(work(header)))
              : Optional.empty();
      out.add(
          new VectorCase(
              "height " + at,
              Expected.ACCEPT,
              () ->
                  new Checks()
                      .same("hash", Checks.displayed(row, "hash"), header.id())
                      .holds("no proof of work", hasWork(header))
                      .same("chain work", stated, expected.orElse(stated))
                      .outcome()));
      before = header;
      height = at;
      total = stated;
    }
    return out;
  }

  private static boolean hasWork(BlockHeader header) {
    return new HeaderRules(BitcoinNetworks.BITCOIN_MAINNET).hasProofOfWork(header);
  }

  private static BigInteger work(BlockHeader header) {
    return CompactTarget.work(
        CompactTarget.decode(header.bits())
            .orElseThrow(() -> new DecodeException("a header without a target")));
  }
}
