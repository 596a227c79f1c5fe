import { driverCode, either, type Rule, sqlState } from './rule.ts';

/**
 * Vendor numbers of databases: precise, and the same in every language of the world.
 * MySQL: https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html
 * Oracle: https://docs.oracle.com/en/error-help/db/
 * SQL Server: https://learn.microsoft.com/sql/relational-databases/errors-events/database-engine-events-and-errors
 * Db2: https://www.ibm.com/docs/en/db2/11.5?topic=messages-sql
 */
export const DRIVER_CODES: readonly Rule[] = [
  {
    name: 'database-code-auth',
    class: 'AUTH_FAILURE',
    why: 'a log-in or a permission that the database refuses',
    test: either(
      sqlState('28', '42501'),
      driverCode({
        mysql: [1044, 1045, 1130, 1142, 1143, 1227, 1251, 1370, 1698, 1820, 1862, 3118],
        oracle: [1005, 1017, 1031, 1045, 12638, 28000, 28001, 28003, 28009],
        mssql: [229, 230, 262, 916, 18452, 18456, 18486, 18488],
        db2: [551, 552, 567, 30082],
      }),
    ),
  },
  {
    name: 'database-code-validation',
    class: 'VALIDATION_ERROR',
    why: 'data that breaks a constraint or a type of the database, or a row that is not there',
    test: driverCode({
      mysql: [
        1022, 1048, 1062, 1153, 1216, 1217, 1264, 1265, 1292, 1364, 1366, 1406, 1411, 1451, 1452, 1525, 1644, 1690,
        3140, 3819, 4025,
      ],
      oracle: [
        1, 1400, 1403, 1407, 1426, 1438, 1722, 1830, 1839, 1840, 1843, 1847, 1858, 1861, 2290, 2291, 2292, 6502, 12899,
      ],
      mssql: [220, 241, 242, 245, 295, 515, 547, 2601, 2627, 2628, 8114, 8115, 8152],
      db2: [180, 181, 302, 407, 413, 420, 433, 530, 531, 532, 545, 803],
    }),
  },
  {
    name: 'database-code-bug',
    class: 'CODE_BUG',
    why: 'SQL or a schema that the code expects otherwise',
    test: driverCode({
      mysql: [1046, 1049, 1050, 1051, 1052, 1054, 1055, 1064, 1109, 1136, 1146, 1149, 1241, 1305, 1318],
      oracle: [
        900, 903, 904, 905, 906, 907, 911, 913, 917, 918, 923, 932, 933, 936, 938, 942, 947, 955, 972, 979, 1002, 1006,
        1008, 1036, 4043, 4063, 6550,
      ],
      mssql: [102, 105, 156, 201, 207, 208, 213, 214, 911, 2812, 4060, 8144],
      db2: [104, 117, 199, 203, 204, 206, 313, 440],
    }),
  },
  {
    name: 'database-code-timeout',
    class: 'TIMEOUT',
    why: 'a statement or a wait for a lock passed its limit',
    test: driverCode({
      mysql: [1205, 1969, 3024],
      oracle: [54, 1013, 2049, 4021, 12170, 12535, 30006],
      mssql: [-2, 1222],
      db2: [952],
    }),
  },
  {
    name: 'database-code-throttled',
    class: 'THROTTLED',
    why: 'a quota of the database user, or the governor of a cloud database',
    test: driverCode({ mysql: [1226], mssql: [10928, 10929, 40501, 49918, 49919, 49920] }),
  },
  {
    name: 'database-code-resources',
    class: 'RESOURCE_EXHAUSTED',
    why: 'connections, memory or space of the database ran out',
    test: driverCode({
      mysql: [1021, 1037, 1038, 1040, 1041, 1114, 1203],
      oracle: [18, 20, 257, 1000, 1536, 1652, 1653, 1654, 1688, 1691, 4030, 4031, 12516, 12519, 12520, 30036],
      mssql: [701, 1101, 1105, 9002],
      db2: [289, 954, 955, 956, 964, 1040],
    }),
  },
  {
    name: 'database-code-dependency',
    class: 'DEPENDENCY_FAILURE',
    why: 'the database is away, restarts, failed over, or broke a deadlock at our cost',
    test: driverCode({
      mysql: [1053, 1129, 1152, 1159, 1180, 1213, 1290, 1317, 2002, 2003, 2005, 2006, 2013, 2055],
      oracle: [
        28, 60, 1033, 1034, 1089, 1090, 1092, 1109, 3106, 3113, 3114, 3135, 4068, 8177, 12154, 12203, 12514, 12518,
        12528, 12537, 12541, 12543, 12545, 12547, 12560, 12571, 25408,
      ],
      mssql: [1205, 4221, 10053, 10054, 10060, 10061, 40197, 40613, 64, 233],
      db2: [911, 913, 1224, 4499, 30081, 30108],
    }),
  },
];

/** Numbers of the operating system (Linux's, and Windows' of sockets), asked when no words said more. */
export const ERRNOS: readonly Rule[] = [
  {
    name: 'errno-network',
    class: 'DEPENDENCY_FAILURE',
    why: 'a connection was refused, reset or broken, or a host could not be found',
    test: driverCode({
      errno: [5, 32, 100, 101, 103, 104, 107, 108, 111, 112, 113, -2, -3, -5, 10053, 10054, 10061, 10064, 10065, 11001],
    }),
  },
  {
    name: 'errno-timeout',
    class: 'TIMEOUT',
    why: 'a connection timed out',
    test: driverCode({ errno: [110, 62, 10060] }),
  },
  {
    name: 'errno-resources',
    class: 'RESOURCE_EXHAUSTED',
    why: 'memory, disk, files, threads or ports ran out',
    test: driverCode({ errno: [11, 12, 23, 24, 27, 28, 99, 105, 122, 10055] }),
  },
  {
    name: 'errno-own-place',
    class: 'CODE_BUG',
    why: 'a file, a program, a port or a permission that the deployment should provide',
    test: driverCode({ errno: [1, 2, 8, 9, 13, 20, 21, 30, 98] }),
  },
  {
    name: 'errno-name-too-long',
    class: 'VALIDATION_ERROR',
    why: 'a name made of the data is too long',
    test: driverCode({ errno: [36] }),
  },
];
