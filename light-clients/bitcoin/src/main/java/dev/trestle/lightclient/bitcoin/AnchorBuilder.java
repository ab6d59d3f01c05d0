package dev.trestle.lightclient.bitcoin;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;

/** Makes an {@link Anchor} from headers of a node that its caller trusts. */
public final class AnchorBuilder {
  private final ChainParameters parameters;
  private final ClientSettings settings;

  public AnchorBuilder(ChainParameters parameters, ClientSettings settings) {
    if (!settings.parametersId().equals(parameters.id())) {
      throw new IllegalArgumentException("settings of another network");
    }
    this.parameters = parameters;
    this.settings = settings;
  }

  /** The anchor at height 0: nothing is trusted but the network's genesis. */
  public Anchor genesis() {
    BlockHeader genesis = parameters.genesis();
    BigInteger work = CompactTarget.work(CompactTarget.decode(genesis.bits()).orElseThrow());
    return new Anchor(settings, 0, work, List.of(genesis), Optional.empty(), Optional.empty());
  }

  /** Heights of the headers that {@link #at} needs for an anchor at {@code height}. */
  public SortedSet<Long> heightsNeeded(long height) {
    SortedSet<Long> heights = new TreeSet<>();
    long periodFirst = AnchorRules.periodFirst(parameters, height);
    long tail = Math.max(0, height - ChainParameters.MEDIAN_TIME_SPAN + 1);
    if (parameters.difficulty().minDifficultyBlocks()) {
      tail = Math.min(tail, periodFirst);
    }
    for (long each = tail; each <= height; each++) {
      heights.add(each);
    }
    heights.add(periodFirst);
    heights.add(AnchorRules.spanStart(parameters, height));
    return heights;
  }

  /**
   * An anchor at {@code height}.
   *
   * @param chainWork total work up to it, as a node reports it
   * @param byHeight at least the headers of {@link #heightsNeeded}
   * @throws IllegalArgumentException if one is missing
   */
  public Anchor at(long height, BigInteger chainWork, SortedMap<Long, BlockHeader> byHeight) {
    long periodFirst = AnchorRules.periodFirst(parameters, height);
    long spanStart = AnchorRules.spanStart(parameters, height);
    List<BlockHeader> tail = new ArrayList<>();
    long first = height;
    while (first >= 0) {
      tail.addFirst(header(byHeight, first));
      if (first == 0 || AnchorRules.reachesFarEnough(parameters, height, first, tail.getFirst())) {
        break;
      }
      first--;
    }
    return new Anchor(
        settings,
        height,
        chainWork,
        tail,
        periodFirst >= first ? Optional.empty() : Optional.of(header(byHeight, periodFirst)),
        spanStart >= first || spanStart == periodFirst
            ? Optional.empty()
            : Optional.of(header(byHeight, spanStart)));
  }

  private static BlockHeader header(SortedMap<Long, BlockHeader> byHeight, long height) {
    return Optional.ofNullable(byHeight.get(height))
        .orElseThrow(() -> new IllegalArgumentException("header " + height + " is missing"));
  }
}
