package dev.trestle.lightclient.bitcoin;

import dev.trestle.base.Bytes;
import dev.trestle.base.TrestleException;
import dev.trestle.lightclient.RejectionCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Headers of a network that this release knows: the first one of every retarget period, and the
 * work of the chain up to each. Part of the trust in the release, as the genesis is: a chain that
 * has other headers there is not the network's.
 *
 * <p>A resource of ours that is broken is a {@code TrestleException} of {@code malformed} or {@code
 * high-hash}: the release is corrupt, nothing that came in is judged by it.
 *
 * <p>As Bitcoin Core's {@code src/kernel/chainparams.cpp}, "checkpointData".
 */
public final class HeaderCheckpoints {
  private static final String MAINNET = "checkpoints/bitcoin-mainnet.bin";
  private static final BigInteger REST_OF_PERIOD = BigInteger.valueOf(2_015);

  private final ChainParameters network;
  private final List<BlockHeader> headers;
  private final List<BigInteger> work;

  private HeaderCheckpoints(ChainParameters network, List<BlockHeader> headers) {
    this.network = network;
    this.headers = List.copyOf(headers);
    List<BigInteger> totals = new ArrayList<>();
    BigInteger total = BigInteger.ZERO;
    for (int i = 0; i < headers.size(); i++) {
      BigInteger before = i == 0 ? BigInteger.ZERO : ofOne(headers.get(i - 1));
      total = total.add(before.multiply(REST_OF_PERIOD)).add(ofOne(headers.get(i)));
      totals.add(total);
    }
    this.work = List.copyOf(totals);
  }

  private static BigInteger ofOne(BlockHeader header) {
    return CompactTarget.work(CompactTarget.decode(header.bits()).orElseThrow());
  }

  private static final class Holder {
    private static final HeaderCheckpoints MAINNET_CHECKPOINTS =
        load(BitcoinNetworks.BITCOIN_MAINNET, MAINNET);
  }

  /** Empty for networks of which none are known. */
  public static Optional<HeaderCheckpoints> of(ChainParameters network) {
    return network.equals(BitcoinNetworks.BITCOIN_MAINNET)
        ? Optional.of(Holder.MAINNET_CHECKPOINTS)
        : Optional.empty();
  }

  private static HeaderCheckpoints load(ChainParameters network, String resource) {
    Bytes all;
    try (InputStream in = HeaderCheckpoints.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new TrestleException(RejectionCode.MALFORMED, "the resource is missing");
      }
      all = Bytes.wrap(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    HeaderRules rules = new HeaderRules(network);
    List<BlockHeader> headers = new ArrayList<>(List.of(network.genesis()));
    for (int at = 0; at < all.size(); at += BlockHeader.SIZE) {
      BlockHeader header = BlockHeader.of(all.slice(at, at + BlockHeader.SIZE));
      if (!rules.hasProofOfWork(header)) {
        throw new TrestleException(RejectionCode.HIGH_HASH, "checkpoint " + header);
      }
      headers.add(header);
    }
    return new HeaderCheckpoints(network, headers);
  }

  /** The header at {@code height}, if that is the height of a checkpoint. */
  public Optional<BlockHeader> header(long height) {
    return index(height).map(headers::get);
  }

  /** Work of the chain up to and with {@code height}, if that is the height of a checkpoint. */
  public Optional<BigInteger> chainWork(long height) {
    return index(height).map(work::get);
  }

  /** Height of the last checkpoint. */
  public long lastHeight() {
    return (headers.size() - 1L) * network.difficulty().interval();
  }

  private Optional<Integer> index(long height) {
    int interval = network.difficulty().interval();
    return height < 0 || height % interval != 0 || height / interval >= headers.size()
        ? Optional.empty()
        : Optional.of((int) (height / interval));
  }
}
