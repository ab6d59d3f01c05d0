// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {HtlcBase, IERC20} from "./HtlcBase.sol";

/// @title Many locks of one payer in one storage word
/// @notice `batchId = keccak256(abi.encode(root, count))`; `root` is a Merkle tree of the lock ids in their order, each node
///   `keccak256(left, right)`, an odd one out paired with zero. A lock id hashes 192 bytes and a node 64, and the depth follows
///   from the count: nothing but a lock can stand where a lock stands.
abstract contract HtlcBatches is HtlcBase {
    /// @param token zero for the native coin
    /// @param refunder of all
    /// @param expiry of all
    struct Batch {
        address token;
        address refunder;
        uint64 expiry;
    }

    /// @notice Comes once for every lock of a batch, in their order; LockSkipped comes in place of it for one that is none. The
    ///   two of a batch id together, all in one transaction, are the leaves of its tree.
    event LockedInBatch(bytes32 indexed lockId, bytes32 batchId);
    event LockSkipped(bytes32 indexed lockId, bytes32 batchId);

    /// @notice Locks many for the price of one slot. Whoever calls pays: coins are sent along and what is left over goes back,
    ///   tokens are pulled from the caller once. Reverts with BadBatch unless there are 1 to 128 locks and at least one is good,
    ///   BadTerms for a refunder that cannot be paid, BadExpiry, WrongValue for coins with a token batch, AlreadyUsed when
    ///   all of it that is good has been locked before, and as `lock` when the token does not bring the sum. Who locks a part of
    ///   another's batch first pays for that part, and stops nothing: the rest is locked, and its coins for the part come back. A lock is skipped (LockSkipped) when its hash or
    ///   amount is zero, its claimer cannot be paid, or the coins that are left are fewer than its amount.
    /// @param claims of each lock `claimer << 96 | amount`
    function lockBatch(Batch calldata batch, bytes32[] calldata hashes, uint256[] calldata claims)
        external
        payable
        once
        returns (bytes32 batchId)
    {
        if (hashes.length == 0 || hashes.length > MAX_BATCH || hashes.length != claims.length) revert BadBatch();
        if (!_canBePaid(batch.refunder, batch.token)) revert BadTerms();
        _checkExpiry(batch.expiry);
        if (batch.token != address(0) && msg.value != 0) revert WrongValue(msg.value, 0);
        uint256 leaves = _leaves(batch, 0, hashes, claims);
        (uint256 word, uint256 sum) = _good(batch.token, leaves);
        batchId = _batchId(leaves);
        {
            uint256 used = batches[batchId];
            if (used != 0) (word, sum) = _untaken(word, used, claims);
            if (word == 0 && used != 0) revert AlreadyUsed(batchId);
            if (word == 0) revert BadBatch();
            batches[batchId] = used | word;
        }
        bytes32 locked = LockedInBatch.selector;
        bytes32 skipped = LockSkipped.selector;
        assembly ("memory-safe") {
            mstore(0, batchId)
            let id := add(leaves, 32)
            for { let end := add(id, shl(5, mload(leaves))) } lt(id, end) { id := add(id, 32) } {
                let topic := locked
                if iszero(and(word, 1)) { topic := skipped }
                log2(0, 32, topic, mload(id))
                word := shr(2, word)
            }
        }
        if (batch.token != address(0)) _pull(batch.token, sum);
        else if (msg.value != sum) _pay(address(0), msg.sender, msg.value - sum);
    }

    /// @notice Pays the claimers of a batch whose preimages are given; anyone may send it. A lock that is not open any more, or
    ///   whose claimer refuses the payment, stays as it is (ClaimSkipped). Reverts with Expired, BadBatch for lists that do not
    ///   fit, NotLocked when they are not the leaves of a batch, and NotEnoughGas before it would skip a lock for want of gas.
    /// @param which bit i is set where `words[i]` is the preimage of lock i; elsewhere it is the hash
    function claimFromBatch(Batch calldata batch, uint256 which, bytes32[] calldata words, uint256[] calldata claims)
        external
        once
    {
        if (words.length == 0 || words.length > MAX_BATCH || words.length != claims.length) revert BadBatch();
        if (which >> words.length != 0) revert BadBatch();
        if (block.timestamp >= batch.expiry) revert Expired(batch.expiry);
        uint256 leaves = _leaves(batch, which, words, claims);
        bytes32 batchId = _batchId(leaves);
        uint256 word = batches[batchId];
        if (word == 0) revert NotLocked(batchId);
        uint256 open = _spread(which) & word & ~(word >> 1);
        // all are claimed before the first is paid; those that were refused are open again afterwards
        batches[batchId] = word ^ (open * (LOCKED ^ CLAIMED));
        uint256 paid = _payClaims(batch.token, batchId, which, open, leaves);
        if (paid != open) batches[batchId] = word ^ (paid * (LOCKED ^ CLAIMED));
    }

    /// @dev Pays the leaves of `which` that are `open`, each with the gas and by the rules of `_tryPay`.
    /// @return paid the lower bit of each that was
    function _payClaims(address token, bytes32 batchId, uint256 which, uint256 open, uint256 leaves)
        private
        returns (uint256 paid)
    {
        bytes32 claimed = Claimed.selector;
        bytes32 skipped = ClaimSkipped.selector;
        {
            // in free memory: the call of a token, its two arguments, and the token
            uint256 transfer = uint256(uint32(IERC20.transfer.selector));
            assembly ("memory-safe") {
                mstore(mload(64), transfer)
                mstore(add(mload(64), 96), token)
            }
        }
        assembly ("memory-safe") {
            let at := add(add(leaves, 32), shl(5, mload(leaves)))
            for { let i := 0 } which { i := add(i, 1) } {
                if and(which, 1) {
                    let ok := and(open, 1)
                    if ok {
                        let claim := mload(add(at, 64))
                        switch mload(add(mload(64), 96))
                        case 0 {
                            if lt(gas(), 70937) {
                                leaves := 0
                                break
                            }
                            ok := call(COIN_GAS, shr(96, claim), and(claim, 0xffffffffffffffffffffffff), 0, 0, 0, 0)
                        }
                        default {
                            if lt(gas(), 246250) {
                                leaves := 0
                                break
                            }
                            mstore(add(mload(64), 32), shr(96, claim))
                            mstore(add(mload(64), 64), and(claim, 0xffffffffffffffffffffffff))
                            ok := call(TOKEN_GAS, mload(add(mload(64), 96)), 0, add(mload(64), 28), 68, 0, 32)
                            switch returndatasize()
                            case 0 { ok := and(ok, gt(extcodesize(mload(add(mload(64), 96))), 0)) }
                            default { ok := and(ok, and(gt(returndatasize(), 31), eq(mload(0), 1))) }
                        }
                    }
                    // as `_leafKey`
                    mstore(0, batchId)
                    mstore(32, i)
                    let key := keccak256(0, 64)
                    switch ok
                    case 0 {
                        mstore(0, i)
                        log2(0, 32, skipped, key)
                    }
                    default {
                        paid := or(paid, shl(add(i, i), 1))
                        mstore(0, mload(add(at, 32)))
                        log3(0, 32, claimed, key, mload(at))
                    }
                }
                which := shr(1, which)
                open := shr(2, open)
                at := add(at, 96)
            }
        }
        if (leaves == 0) revert NotEnoughGas();
    }

    /// @notice Pays the refunder what nobody has claimed of a batch, in one payment; anyone may send it, from the expiry on.
    ///   Reverts with NotExpired, BadBatch, NotLocked when nothing is open, and as `refund` when the payment is refused.
    function refundBatch(Batch calldata batch, bytes32[] calldata hashes, uint256[] calldata claims) external once {
        if (hashes.length == 0 || hashes.length > MAX_BATCH || hashes.length != claims.length) revert BadBatch();
        if (block.timestamp < batch.expiry) revert NotExpired(batch.expiry);
        bytes32 batchId = _batchId(_leaves(batch, 0, hashes, claims));
        uint256 word = batches[batchId];
        uint256 open;
        uint256 sum;
        for (uint256 i = 0; i < hashes.length; i++) {
            if (word >> (2 * i) & 3 != LOCKED) continue;
            open |= LOCKED << (2 * i);
            sum += uint96(claims[i]);
            emit Refunded(_leafKey(batchId, i), hashes[i]);
        }
        if (open == 0) revert NotLocked(batchId);
        batches[batchId] = word ^ (open * (LOCKED ^ REFUNDED));
        _pay(batch.token, batch.refunder, sum);
    }

    /// @dev Changes lock `index` of a batch from open to `outcome`.
    function _takeFromBatch(bytes32 id, uint256 count, uint256 index, bytes32[] calldata siblings, uint256 outcome)
        internal
        returns (bytes32 key)
    {
        if (index >= count || count > MAX_BATCH) revert BadPlace();
        bytes32 node = id;
        uint256 position = index;
        uint256 level;
        for (uint256 width = count; width > 1; width = (width + 1) / 2) {
            if (level == siblings.length) revert BadPlace();
            bytes32 sibling = siblings[level++];
            node = position & 1 == 0 ? _hash(node, sibling) : _hash(sibling, node);
            position >>= 1;
        }
        if (level != siblings.length) revert BadPlace();
        bytes32 batchId = _batchId(node, count);
        key = _leafKey(batchId, index);
        uint256 word = batches[batchId];
        if (word >> (2 * index) & 3 != LOCKED) revert NotLocked(key);
        batches[batchId] = word ^ ((LOCKED ^ outcome) << (2 * index));
    }

    /// @dev Lays the leaves out in memory: their number n, n lock ids, and n times hash, word and claim. Where a bit of `which`
    ///   is set, the word is a preimage, and hashed.
    function _leaves(Batch calldata batch, uint256 which, bytes32[] calldata words, uint256[] calldata claims)
        private
        view
        returns (uint256 leaves)
    {
        Terms memory terms = Terms(0, batch.token, 0, address(0), batch.refunder, batch.expiry);
        bool failed;
        assembly ("memory-safe") {
            leaves := mload(64)
            mstore(leaves, words.length)
            let id := add(leaves, 32)
            let at := add(id, shl(5, words.length))
            let read := words.offset
            let other := sub(claims.offset, words.offset) // claims has the same length
            mstore(64, add(at, mul(96, words.length)))
            for { let end := at } lt(id, end) { id := add(id, 32) } {
                let value := calldataload(read)
                mstore(add(at, 32), value)
                if and(which, 1) {
                    mstore(0, value)
                    failed := or(failed, iszero(staticcall(gas(), 2, 0, 32, 0, 32)))
                    value := mload(0)
                }
                which := shr(1, which)
                mstore(at, value)
                mstore(terms, value)
                value := calldataload(add(read, other))
                mstore(add(at, 64), value)
                mstore(add(terms, 64), and(value, 0xffffffffffffffffffffffff))
                mstore(add(terms, 96), shr(96, value))
                mstore(id, keccak256(terms, 192)) // as `_id`
                read := add(read, 32)
                at := add(at, 96)
            }
        }
        if (failed) revert NotEnoughGas();
    }

    /// @dev Which locks can be made of the coins that came, and what they need. Of tokens all that are named are pulled.
    function _good(address token, uint256 leaves) private view returns (uint256 word, uint256 sum) {
        uint256 most = token == address(0) ? msg.value : type(uint256).max;
        uint256 left = most;
        assembly ("memory-safe") {
            let bit := 1
            let at := add(add(leaves, 32), shl(5, mload(leaves)))
            for { let end := add(at, mul(96, mload(leaves))) } lt(at, end) { at := add(at, 96) } {
                let claim := mload(add(at, 64))
                let amount := and(claim, 0xffffffffffffffffffffffff)
                let claimer := shr(96, claim)
                // a hash or an amount of zero; more than what is left; a claimer that cannot be paid
                if iszero(
                    or(
                        or(iszero(mload(at)), or(iszero(amount), gt(amount, left))),
                        or(iszero(claimer), or(eq(claimer, address()), eq(claimer, token)))
                    )
                ) {
                    left := sub(left, amount)
                    word := or(word, bit)
                }
                bit := shl(2, bit)
            }
        }
        sum = most - left;
    }

    /// @dev Of good locks those that were never made, and what they need.
    function _untaken(uint256 good, uint256 used, uint256[] calldata claims)
        private
        pure
        returns (uint256 word, uint256 sum)
    {
        word = good & ~(used | used >> 1);
        for (uint256 i = 0; i < claims.length; i++) {
            if (word >> (2 * i) & 1 != 0) sum += uint96(claims[i]);
        }
    }

    /// @dev Bit i of 128 becomes bit 2i.
    function _spread(uint256 bits) private pure returns (uint256 x) {
        x = bits;
        x = (x | x << 64) & 0x0000000000000000ffffffffffffffff0000000000000000ffffffffffffffff;
        x = (x | x << 32) & 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
        x = (x | x << 16) & 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
        x = (x | x << 8) & 0x00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff00ff;
        x = (x | x << 4) & 0x0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f;
        x = (x | x << 2) & 0x3333333333333333333333333333333333333333333333333333333333333333;
        x = (x | x << 1) & 0x5555555555555555555555555555555555555555555555555555555555555555;
    }

    /// @dev What events and signatures name a lock of a batch by.
    function _leafKey(bytes32 batchId, uint256 index) private pure returns (bytes32) {
        return _hash(batchId, bytes32(index));
    }

    function _batchId(bytes32 root, uint256 count) private pure returns (bytes32) {
        return _hash(root, bytes32(count));
    }

    function _batchId(uint256 leaves) private pure returns (bytes32) {
        bytes32 root;
        uint256 count;
        assembly ("memory-safe") {
            count := mload(leaves)
            // works in free memory that it does not keep: the ids themselves are still needed
            let nodes := mload(64)
            mcopy(nodes, add(leaves, 32), shl(5, count))
            for { let width := count } gt(width, 1) {} {
                if and(width, 1) { mstore(add(nodes, shl(5, width)), 0) }
                width := shr(1, add(width, 1))
                let from := nodes
                let to := nodes
                for { let end := add(nodes, shl(5, width)) } lt(to, end) { to := add(to, 32) } {
                    mstore(to, keccak256(from, 64))
                    from := add(from, 64)
                }
            }
            root := mload(nodes)
        }
        return _batchId(root, count);
    }
}
