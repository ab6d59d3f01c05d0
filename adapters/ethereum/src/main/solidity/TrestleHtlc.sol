// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title Hash-time-locks for the native coin and for ERC-20 tokens
/// @notice A lock pays its claimer against the preimage of its hash before the expiry, and its refunder from the expiry on:
///   at no moment are both possible, and at none neither. Who sends the transaction is of no matter. No owner, no fee, no
///   upgrade. Format: relay-chain/docs/wire-format.md.
/// @dev The terms live in calldata; storage holds one word a lock. Tokens that take a fee on transfer are refused. For a
///   token that changes balances by itself the locks of that token, and only those, share the gain or the loss.
contract TrestleHtlc {
    /// @notice 0 none, 1 locked, 2 claimed, 3 refunded. In slot 0, never cleared: a lock id is good for one lock.
    mapping(bytes32 lockId => uint256) public status;

    uint256 private constant LOCKED = 1;
    uint256 private constant CLAIMED = 2;
    uint256 private constant REFUNDED = 3;

    /// @notice Longest lock, seconds.
    uint256 public constant MAX_LOCK = 30 days;
    /// @notice Items of one batch.
    uint256 public constant MAX_BATCH = 200;
    /// @notice Gas that one item of a batch may use; a batch must have it left for each, or reverts.
    uint256 public constant ITEM_GAS = 200_000;

    bool private transient entered;

    /// @param hash sha256 of a 32-byte preimage
    /// @param token zero for the native coin
    /// @param claimer is paid against the preimage, strictly before expiry
    /// @param refunder is paid from the expiry on
    /// @param expiry seconds of block.timestamp
    struct Terms {
        bytes32 hash;
        address token;
        uint256 amount;
        address claimer;
        address refunder;
        uint64 expiry;
    }

    event Locked(
        bytes32 indexed lockId,
        bytes32 indexed hash,
        address indexed claimer,
        address refunder,
        address token,
        uint256 amount,
        uint64 expiry
    );
    event Claimed(bytes32 indexed lockId, bytes32 indexed hash, bytes32 preimage);
    event Refunded(bytes32 indexed lockId, bytes32 indexed hash);
    /// @notice An item of a batch had no effect.
    event LockSkipped(bytes32 indexed lockId, uint256 index);
    event ClaimSkipped(bytes32 indexed lockId, uint256 index);

    error Reentered();
    error BadTerms();
    error BadExpiry(uint64 expiry);
    error WrongValue(uint256 sent, uint256 needed);
    error AlreadyUsed(bytes32 lockId);
    error NotLocked(bytes32 lockId);
    error Expired(uint64 expiry);
    error NotExpired(uint64 expiry);
    error NoToken(address token);
    error TokenRefused(address token);
    error WrongAmountReceived(uint256 received, uint256 needed);
    error PaymentFailed(address to);
    error OnlySelf();
    error BadBatch();
    error NotEnoughGas();

    modifier once() {
        if (entered) revert Reentered();
        entered = true;
        _;
        entered = false;
    }

    modifier onlySelf() {
        if (msg.sender != address(this)) revert OnlySelf();
        _;
    }

    /// @notice Locks the native coin that is sent along, or `amount` of `token` that the caller has approved.
    function lock(bytes32 hash, address token, uint256 amount, address claimer, address refunder, uint64 expiry)
        external
        payable
        once
    {
        uint256 needed = token == address(0) ? amount : 0;
        if (msg.value != needed) revert WrongValue(msg.value, needed);
        _lock(Terms(hash, token, amount, claimer, refunder, expiry), msg.sender);
    }

    /// @notice Locks many; an item that cannot be locked is skipped. Native coin that is left over goes back to the caller.
    function lockBatch(Terms[] calldata items) external payable once {
        if (items.length == 0 || items.length > MAX_BATCH) revert BadBatch();
        uint256 left = msg.value;
        for (uint256 i = 0; i < items.length; i++) {
            Terms calldata item = items[i];
            uint256 needed = item.token == address(0) ? item.amount : 0;
            if (needed <= left && _tryItem(abi.encodeCall(this.lockItem, (item, msg.sender)))) left -= needed;
            else emit LockSkipped(lockIdOf(item), i);
        }
        if (left != 0) _pay(address(0), msg.sender, left);
    }

    /// @notice Pays the claimer; `preimage` is public from then on.
    function claim(
        bytes32 preimage,
        address token,
        uint256 amount,
        address claimer,
        address refunder,
        uint64 expiry
    ) external once {
        _claim(preimage, Terms(sha256(abi.encodePacked(preimage)), token, amount, claimer, refunder, expiry));
    }

    /// @notice Claims many; an item that cannot be claimed stays as it is. `items[i].hash` is not read.
    function claimBatch(bytes32[] calldata preimages, Terms[] calldata items) external once {
        if (items.length == 0 || items.length > MAX_BATCH || items.length != preimages.length) revert BadBatch();
        for (uint256 i = 0; i < items.length; i++) {
            Terms memory item = items[i];
            item.hash = sha256(abi.encodePacked(preimages[i]));
            if (!_tryItem(abi.encodeCall(this.claimItem, (preimages[i], item)))) emit ClaimSkipped(_id(item), i);
        }
    }

    /// @notice Pays the refunder of an expired lock.
    function refund(bytes32 hash, address token, uint256 amount, address claimer, address refunder, uint64 expiry)
        external
        once
    {
        Terms memory terms = Terms(hash, token, amount, claimer, refunder, expiry);
        bytes32 id = _id(terms);
        if (status[id] != LOCKED) revert NotLocked(id);
        if (block.timestamp < expiry) revert NotExpired(expiry);
        status[id] = REFUNDED;
        emit Refunded(id, hash);
        _pay(token, refunder, amount);
    }

    /// @dev One item of a batch, in a call of its own so that all of it can be undone.
    function lockItem(Terms calldata terms, address payer) external onlySelf {
        _lock(terms, payer);
    }

    /// @dev One item of a batch, in a call of its own so that all of it can be undone.
    function claimItem(bytes32 preimage, Terms calldata terms) external onlySelf {
        _claim(preimage, terms);
    }

    function lockIdOf(Terms calldata terms) public pure returns (bytes32) {
        return _id(terms);
    }

    function _id(Terms memory terms) private pure returns (bytes32) {
        return keccak256(abi.encode(terms));
    }

    function _lock(Terms memory terms, address payer) private {
        if (terms.hash == 0 || terms.amount == 0) revert BadTerms();
        if (!_canBePaid(terms.claimer, terms.token) || !_canBePaid(terms.refunder, terms.token)) revert BadTerms();
        if (terms.expiry <= block.timestamp || terms.expiry > block.timestamp + MAX_LOCK) {
            revert BadExpiry(terms.expiry);
        }
        bytes32 id = _id(terms);
        if (status[id] != 0) revert AlreadyUsed(id);
        status[id] = LOCKED;
        emit Locked(id, terms.hash, terms.claimer, terms.refunder, terms.token, terms.amount, terms.expiry);
        if (terms.token != address(0)) _pull(terms.token, payer, terms.amount);
    }

    /// @dev `terms.hash` is sha256 of the preimage, or the lock id would not be that of a lock.
    function _claim(bytes32 preimage, Terms memory terms) private {
        bytes32 id = _id(terms);
        if (status[id] != LOCKED) revert NotLocked(id);
        if (block.timestamp >= terms.expiry) revert Expired(terms.expiry);
        status[id] = CLAIMED;
        emit Claimed(id, terms.hash, preimage);
        _pay(terms.token, terms.claimer, terms.amount);
    }

    function _canBePaid(address party, address token) private view returns (bool) {
        return party != address(0) && party != address(this) && party != token;
    }

    function _tryItem(bytes memory data) private returns (bool done) {
        // of what is left, a call gets 63 parts in 64 at most: less than ITEM_GAS would let the caller starve an item
        if (gasleft() < ITEM_GAS + ITEM_GAS / 32) revert NotEnoughGas();
        assembly ("memory-safe") {
            done := call(ITEM_GAS, address(), 0, add(data, 32), mload(data), 0, 0)
        }
    }

    function _pull(address token, address from, uint256 amount) private {
        if (token.code.length == 0) revert NoToken(token);
        uint256 before = _balance(token);
        _callToken(token, abi.encodeCall(IERC20.transferFrom, (from, address(this), amount)));
        uint256 balance = _balance(token);
        uint256 received = balance < before ? 0 : balance - before;
        if (received != amount) revert WrongAmountReceived(received, amount);
    }

    function _pay(address token, address to, uint256 amount) private {
        if (token == address(0)) {
            bool paid;
            // no return data is copied: it could be made so long that the copy eats the gas
            assembly ("memory-safe") {
                paid := call(gas(), to, amount, 0, 0, 0, 0)
            }
            if (!paid) revert PaymentFailed(to);
        } else {
            _callToken(token, abi.encodeCall(IERC20.transfer, (to, amount)));
        }
    }

    /// @dev A token must not revert, and return nothing or true.
    function _callToken(address token, bytes memory data) private {
        bool ok;
        assembly ("memory-safe") {
            ok := call(gas(), token, 0, add(data, 32), mload(data), 0, 32)
            if ok {
                switch returndatasize()
                case 0 { ok := gt(extcodesize(token), 0) }
                default { ok := and(gt(returndatasize(), 31), eq(mload(0), 1)) }
            }
        }
        if (!ok) revert TokenRefused(token);
    }

    function _balance(address token) private view returns (uint256) {
        return IERC20(token).balanceOf(address(this));
    }
}

interface IERC20 {
    function balanceOf(address holder) external view returns (uint256);
    function transfer(address to, uint256 value) external returns (bool);
    function transferFrom(address from, address to, uint256 value) external returns (bool);
}
