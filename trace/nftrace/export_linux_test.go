package nftrace

// InstallWithFlags lets tests choose the flags of the table.
var InstallWithFlags = install
