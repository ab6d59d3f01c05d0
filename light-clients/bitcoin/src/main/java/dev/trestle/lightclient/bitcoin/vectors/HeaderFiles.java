package dev.trestle.lightclient.bitcoin.vectors;

import dev.trestle.base.Bytes;
import dev.trestle.base.DecodeException;
import dev.trestle.lightclient.bitcoin.BitcoinNetworks;
import dev.trestle.lightclient.bitcoin.BlockHeader;
import dev.trestle.lightclient.bitcoin.ChainParameters;
import dev.trestle.lightclient.vectors.Expected;
import dev.trestle.lightclient.vectors.Outcome;
import dev.trestle.lightclient.vectors.VectorCase;
import dev.trestle.lightclient.vectors.VectorFile;
import dev.trestle.lightclient.vectors.VectorReading;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code headers/*.bin}: 80-byte headers one after another, network and first height in the name.
 * {@code headers/*.hex}: a header or a block a line, forks marked with {@code fork:}. {@code
 * blocks/*.dat}: one raw block.
 */
final class HeaderFiles implements BitcoinVectors.Reader {
  private static final Pattern NAME = Pattern.compile("^[a-z0-9]+?-([0-9]+)-.*");
  private static final Pattern DUMP_LINE = Pattern.compile("^\\s+([0-9a-f ]*)$");
  private static final int CHECKPOINTED = 90;

  @Override
  public VectorReading read(VectorFile file) {
    if (file.hasSuffix(".bin")) {
      return binary(file);
    }
    if (file.hasSuffix(".hex")) {
      return lines(file);
    }
    return file.hasSuffix(".dat") && (ours(file) || NetworkNames.in(file).isPresent())
        ? VectorReading.cases(BlockCases.of(file))
        : VectorReading.foreign();
  }

  private static boolean ours(VectorFile file) {
    return file.folders().contains("bitcoin") || file.folders().contains("litecoin");
  }

  private static VectorReading binary(VectorFile file) {
    Optional<ChainParameters> named = NetworkNames.in(file);
    if (named.isEmpty() && !ours(file)) {
      return VectorReading.foreign();
    }
    Bytes all = file.content();
    if (all.isEmpty() || all.size() % BlockHeader.SIZE != 0) {
      throw new DecodeException(all.size() + " bytes are not whole headers");
    }
    List<BlockHeader> headers = new ArrayList<>();
    for (int at = 0; at < all.size(); at += BlockHeader.SIZE) {
      headers.add(BlockHeader.of(all.slice(at, at + BlockHeader.SIZE)));
    }
    ChainParameters network =
        named
            .or(() -> NetworkNames.ofGenesis(headers.getFirst()))
            .orElseThrow(() -> new DecodeException("the file's name does not name a network"));
    long first = firstHeight(file.name()).orElse(0L);
    String name = headers.size() + " headers from height " + first;
    return VectorReading.cases(
        List.of(
            new VectorCase(
                name, Expected.ACCEPT, () -> new RealRun(network, first, headers).verify())));
  }

  private static Optional<Long> firstHeight(String name) {
    Matcher matcher = NAME.matcher(name);
    return matcher.matches() && matcher.group(1).length() <= 9
        ? Optional.of(Long.parseLong(matcher.group(1)))
        : Optional.empty();
  }

  private static VectorReading lines(VectorFile file) {
    String text = file.text();
    if (text.contains("Block ") && text.contains("File path:")) {
      return VectorReading.cases(dump(text));
    }
    List<BlockHeader> main = new ArrayList<>();
    List<BlockHeader> forks = new ArrayList<>();
    for (String line : text.lines().map(String::strip).toList()) {
      if (line.startsWith("fork:")) {
        forks.add(headerOf(line.substring(5).strip()));
      } else if (!line.isEmpty()) {
        main.add(headerOf(line));
      }
    }
    if (main.isEmpty()) {
      throw new DecodeException("no headers");
    }
    long first = firstHeight(file.name()).orElse(0L);
    Optional<ChainParameters> network =
        NetworkNames.ofGenesis(main.getFirst())
            .or(() -> NetworkNames.ofGenesis(main.getFirst().previous()))
            .or(() -> NetworkNames.in(file));
    return VectorReading.cases(
        chain(
            network.orElseThrow(() -> new DecodeException("headers of no known network")),
            first,
            main,
            forks));
  }

  /** A line: a header, or a block whose transactions must lead to its root. */
  private static BlockHeader headerOf(String hex) {
    Bytes raw;
    try {
      raw = Bytes.fromHex(hex);
    } catch (IllegalArgumentException e) {
      throw new DecodeException("not hex: " + e.getMessage());
    }
    return raw.size() == BlockHeader.SIZE ? BlockHeader.of(raw) : BlockCases.block(raw).header();
  }

  private static List<VectorCase> chain(
      ChainParameters network, long first, List<BlockHeader> main, List<BlockHeader> forks) {
    List<BlockHeader> headers = new ArrayList<>(main);
    long from = first;
    if (main.getFirst().previous().equals(network.genesis().id())) {
      headers.addFirst(network.genesis());
      from = 0;
    }
    long start = from;
    List<VectorCase> out = new ArrayList<>();
    out.add(
        new VectorCase(
            main.size() + " headers",
            Expected.ACCEPT,
            () -> new RealRun(network, start, headers).verify()));
    // A fork leaves the chain where the network itself saw it: near genesis, before it was deep.
    int before = Math.min(CHECKPOINTED, headers.size());
    for (int i = 0; i < forks.size(); i++) {
      List<BlockHeader> branch = forks.subList(0, i + 1);
      out.add(
          new VectorCase(
              "fork " + i,
              Expected.ACCEPT,
              () -> fork(network, headers.subList(0, before), branch)));
    }
    return out;
  }

  /** A side branch is taken, and does not move the tip of a chain with more work. */
  private static Outcome fork(
      ChainParameters network, List<BlockHeader> main, List<BlockHeader> branch) {
    FollowedChain chain = FollowedChain.atGenesis(network);
    Checks checks = Checks.after(chain.feed(main.subList(1, main.size())));
    for (BlockHeader each : branch) {
      Outcome outcome = chain.feed(List.of(each));
      checks.holds("the fork: " + outcome, outcome.accepted());
    }
    return checks.same("tip", main.getLast().id(), chain.tip()).outcome();
  }

  /** Blocks as an annotated dump: magic, size and block in groups of hex digits. */
  private static List<VectorCase> dump(String text) {
    List<StringBuilder> blocks = new ArrayList<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith("Block ")) {
        blocks.add(new StringBuilder());
      }
      Matcher digits = DUMP_LINE.matcher(line);
      if (digits.matches() && !blocks.isEmpty()) {
        blocks.getLast().append(digits.group(1).replace(" ", ""));
      }
    }
    List<BlockHeader> headers = new ArrayList<>();
    for (StringBuilder block : blocks) {
      if (block.length() < 16) {
        throw new DecodeException("a block without magic and size");
      }
      headers.add(headerOf(block.substring(16)));
    }
    if (headers.isEmpty()) {
      throw new DecodeException("no blocks");
    }
    return List.of(
        new VectorCase(
            headers.size() + " blocks with a reorganisation",
            Expected.ACCEPT,
            () -> reorganisation(headers)));
  }

  private static Outcome reorganisation(List<BlockHeader> headers) {
    ChainParameters network = BitcoinNetworks.BITCOIN_MAINNET;
    FollowedChain chain = FollowedChain.atGenesis(network);
    Checks checks = new Checks().same("genesis", network.genesis(), headers.getFirst());
    for (BlockHeader header : headers.subList(1, headers.size())) {
      Outcome outcome = chain.feed(List.of(header));
      checks.holds(header + ": " + outcome, outcome.accepted());
    }
    return checks.same("tip", headers.getLast().id(), chain.tip()).outcome();
  }
}
